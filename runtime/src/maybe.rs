//! Absent, `null` and a value are three things: the type of properties that are optional and nullable.

/// A property that may be left out, be `null`, or have a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Maybe<T> {
    /// Left out.
    #[default]
    Absent,
    /// Written as `null`.
    Null,
    /// Written as the value.
    Value(T),
}

impl<T> Maybe<T> {
    /// Whether the property is left out.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether the property is `null`.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The same with a borrowed value.
    pub const fn as_ref(&self) -> Maybe<&T> {
        match self {
            Self::Absent => Maybe::Absent,
            Self::Null => Maybe::Null,
            Self::Value(value) => Maybe::Value(value),
        }
    }

    /// The value, if there is one.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Absent | Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }

    /// The value, if there is one; absent and `null` are not told apart any more.
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Absent | Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }

    /// Applies a function to the value.
    pub fn map<U>(self, function: impl FnOnce(T) -> U) -> Maybe<U> {
        match self {
            Self::Absent => Maybe::Absent,
            Self::Null => Maybe::Null,
            Self::Value(value) => Maybe::Value(function(value)),
        }
    }
}

/// `None` becomes [`Maybe::Absent`]: what nobody set is left out. Write [`Maybe::Null`] to clear.
impl<T> From<Option<T>> for Maybe<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Value)
    }
}

impl<T> From<T> for Maybe<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

#[cfg(test)]
mod tests {
    use super::Maybe;

    #[test]
    fn three_things_stay_three() {
        for (maybe, absent, null, value) in
            [(Maybe::Absent, true, false, None), (Maybe::Null, false, true, None), (Maybe::from(7), false, false, Some(7))]
        {
            assert_eq!((maybe.is_absent(), maybe.is_null(), maybe.value().copied()), (absent, null, value));
            assert_eq!(maybe.as_ref().map(|value| *value), maybe);
            assert_eq!(maybe.into_option(), value);
        }
        assert_eq!(Maybe::<u8>::from(None::<u8>), Maybe::Absent);
        assert_eq!(Maybe::<u8>::default(), Maybe::Absent);
    }
}
