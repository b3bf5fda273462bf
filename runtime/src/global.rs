//! Parameters that leave the request types: set once on the client, read from the server's context. Writing one and reading
//! it back stand next to each other here. It must not know any particular API.

use std::marker::PhantomData;

use http::request::Parts;

use crate::error::{EncodeError, Location, Rejection};
use crate::json::{Json, Side};
use crate::parameter::{Parameter, split_cookies, split_query};
use crate::wire::RequestEncoder;

/// A parameter that the configuration took out of the request types, with the type of its value.
pub struct Global<T> {
    /// What is known of it without its type.
    pub info: GlobalInfo,
    value: PhantomData<fn() -> T>,
}

/// What is known of a [`Global`] without its type.
#[derive(Debug, Clone, Copy)]
pub struct GlobalInfo {
    /// Name, style and shape on the wire.
    pub parameter: Parameter,
    /// Where it travels: not in a path.
    pub location: Location,
    /// Whether it is a credential, which nobody may show.
    pub secret: bool,
    check: fn(&Self, &Parts) -> Result<bool, Rejection>,
}

/// A global that an operation takes.
#[derive(Debug, Clone, Copy)]
pub struct GlobalUse {
    /// Which one.
    pub global: &'static GlobalInfo,
    /// Whether requests of the operation must have it.
    pub required: bool,
}

impl<T: Json> Global<T> {
    const fn new(parameter: Parameter, location: Location) -> Self {
        Self { info: GlobalInfo { parameter, location, secret: false, check: check::<T> }, value: PhantomData }
    }

    /// One in a header.
    pub const fn header(parameter: Parameter) -> Self {
        Self::new(parameter, Location::Header)
    }

    /// One in the query.
    pub const fn query(parameter: Parameter) -> Self {
        Self::new(parameter, Location::Query)
    }

    /// One in a cookie.
    pub const fn cookie(parameter: Parameter) -> Self {
        Self::new(parameter, Location::Cookie)
    }

    /// The same as a credential: marked as sensitive on its way, and never shown.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.info.secret = true;
        self
    }

    /// Writes a value into a request.
    ///
    /// # Errors
    /// [`EncodeError::Parameter`] for a value that its place cannot carry.
    pub fn write(&self, request: &mut RequestEncoder, value: &T) -> Result<(), EncodeError> {
        let parameter = &self.info.parameter;
        match self.info.location {
            Location::Header => request.header(parameter, Some(value))?,
            Location::Query => request.query(parameter, Some(value))?,
            Location::Cookie => request.cookie(parameter, Some(value))?,
            Location::Path => request.path(parameter, value)?,
        }
        if self.info.secret {
            request.conceal(&self.info);
        }
        Ok(())
    }

    /// Reads the value out of the head of a request, where it is there.
    ///
    /// # Errors
    /// What stands there is no such value.
    pub fn read(&self, parts: &Parts) -> Result<Option<T>, Rejection> {
        self.info.read(parts)
    }
}

impl GlobalInfo {
    fn read<T: Json>(&self, parts: &Parts) -> Result<Option<T>, Rejection> {
        let found = match self.location {
            Location::Header => self.parameter.decode_header(&parts.headers, Side::Server),
            Location::Query => self.parameter.decode_query(&split_query(parts.uri.query().unwrap_or_default())),
            Location::Cookie => self.parameter.decode_cookie(&split_cookies(&parts.headers)),
            Location::Path => Ok(None),
        };
        found.map_err(|error| Rejection::parameter(self.location, self.parameter.name, &error))
    }

    /// Whether both are the same parameter on the wire.
    pub fn is(&self, other: &Self) -> bool {
        self.location == other.location && self.parameter.name == other.parameter.name
    }
}

fn check<T: Json>(info: &GlobalInfo, parts: &Parts) -> Result<bool, Rejection> {
    info.read::<T>(parts).map(|value| value.is_some())
}

impl GlobalUse {
    /// Whether a request has what it needs of this one.
    ///
    /// # Errors
    /// What stands there is no such value, or it is missing and required.
    pub fn check(&self, parts: &Parts) -> Result<(), Rejection> {
        let there = (self.global.check)(self.global, parts)?;
        if self.required && !there {
            return Err(Rejection::missing(self.global.location, self.global.parameter.name));
        }
        Ok(())
    }
}

impl<T> std::fmt::Debug for Global<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Global")
            .field("location", &self.info.location)
            .field("name", &self.info.parameter.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::operation::{OperationInfo, Segment};

    static INFO: OperationInfo = OperationInfo {
        id: "get",
        method: "GET",
        path: "/a",
        segments: &[Segment::Literal("a")],
        needs: &[],
        tag: None,
        security: &[],
        accept: None,
    };
    static LANGUAGE: Global<String> = Global::header(Parameter::simple("Language"));
    static PAGES: Global<Vec<u32>> = Global::query(Parameter::form("page").list());
    static SESSION: Global<String> = Global::cookie(Parameter::form("session")).secret();

    fn sent(write: impl FnOnce(&mut RequestEncoder) -> Result<(), EncodeError>) -> Result<Parts, EncodeError> {
        let mut encoder = RequestEncoder::new(&INFO);
        write(&mut encoder)?;
        encoder.finish().map(|request| request.into_parts().0)
    }

    #[test]
    fn what_is_written_is_read() {
        let parts = sent(|request| {
            LANGUAGE.write(request, &"en".to_owned())?;
            PAGES.write(request, &vec![1, 2])?;
            SESSION.write(request, &"abc".to_owned())
        });
        let parts = parts.unwrap();
        assert_eq!(parts.uri, "/a?page=1&page=2");
        assert_eq!((parts.headers["language"].to_str().unwrap(), parts.headers["cookie"].to_str().unwrap()), ("en", "session=abc"));
        assert!(parts.headers["cookie"].is_sensitive() && !parts.headers["language"].is_sensitive());
        assert_eq!(LANGUAGE.read(&parts).unwrap().as_deref(), Some("en"));
        assert_eq!(PAGES.read(&parts).unwrap(), Some(vec![1, 2]));
        assert_eq!(SESSION.read(&parts).unwrap().as_deref(), Some("abc"));
        assert!(!format!("{parts:?}{SESSION:?}").contains("abc"));
    }

    #[test]
    fn both_sides_of_the_border() {
        assert!(matches!(
            sent(|request| LANGUAGE.write(request, &"a\nb".to_owned())),
            Err(EncodeError::Parameter { location: Location::Header, name: "Language", .. })
        ));
        let parts = |uri: &str| http::Request::builder().uri(uri).body(()).unwrap().into_parts().0;
        let wanted = |required| GlobalUse { global: &PAGES.info, required };
        assert_eq!(wanted(false).check(&parts("/a")), Ok(()));
        assert_eq!(wanted(true).check(&parts("/a?page=1")), Ok(()));
        for (uri, required) in [("/a", true), ("/a?page=x", false)] {
            let rejection = wanted(required).check(&parts(uri)).unwrap_err();
            assert_eq!((rejection.status(), rejection.name), (StatusCode::BAD_REQUEST, Some("page")), "{uri}");
        }
    }
}
