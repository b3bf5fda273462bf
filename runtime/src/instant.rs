//! Instants (`format: date-time`): the text is kept as it came, since real systems write many dialects of RFC 3339;
//! the parsed value is made on demand.

use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, SecondsFormat, TimeZone, Utc};

use crate::json::{Error, Json, Reader, Writer};

/// A point in time as a peer wrote it. Equality and order are those of the text; compare [`Instant::to_utc`] for time.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(String);

impl Instant {
    /// Any text; what cannot be read as an instant is carried all the same.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A text that can be read as an instant, with or without an offset; else `None`.
    pub fn parse(text: &str) -> Option<Self> {
        read(text).map(|_| Self(text.to_owned()))
    }

    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The point in time; `None` where the text has no offset, since that says no point in time, or cannot be read.
    pub fn to_utc(&self) -> Option<DateTime<Utc>> {
        let (local, offset) = read(&self.0)?;
        Some(Utc.from_utc_datetime(&local.checked_sub_offset(offset?)?))
    }

    /// Date and time as written, whatever the offset; `None` where the text cannot be read.
    pub fn naive(&self) -> Option<NaiveDateTime> {
        read(&self.0).map(|(local, _)| local)
    }

    /// The offset as written.
    pub fn offset(&self) -> Option<FixedOffset> {
        read(&self.0).and_then(|(_, offset)| offset)
    }
}

/// Reads RFC 3339 and what real systems write instead: a blank or `t` for `T`, no seconds, any number of digits after
/// them (those beyond nine are dropped), offsets without colon or minutes or after a blank, no offset at all.
fn read(text: &str) -> Option<(NaiveDateTime, Option<FixedOffset>)> {
    let (date, rest) = text.trim().split_once(['T', 't', ' '])?;
    let mut parts = date.splitn(3, '-');
    let (year, month, day) = (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;

    let end = rest.find(['Z', 'z', '+', '-', ' ']).unwrap_or(rest.len());
    let (clock, offset) = rest.split_at_checked(end)?;
    let (clock, fraction) = clock.split_once('.').map_or((clock, None), |(clock, fraction)| (clock, Some(fraction)));
    let mut parts = clock.splitn(3, ':');
    let (hour, minute) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let second = parts.next().map_or(Some(0), |second| digits(second, 2))?;
    let nano = fraction.map_or(Some(0), nanoseconds)?;
    // chrono holds a leap second as more than a second's nanoseconds.
    let (second, nano) = if second == 60 { (59, nano + 1_000_000_000) } else { (second, nano) };
    Some((date.and_hms_nano_opt(hour, minute, second, nano)?, read_offset(offset.trim_start())?))
}

/// Exactly `count` digits.
fn digits(text: &str, count: usize) -> Option<u32> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn nanoseconds(fraction: &str) -> Option<u32> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let kept = fraction.get(..9).unwrap_or(fraction);
    format!("{kept:0<9}").parse().ok()
}

/// `None`: not an offset. `Some(None)`: no offset.
fn read_offset(text: &str) -> Option<Option<FixedOffset>> {
    if text.is_empty() {
        return Some(None);
    }
    if matches!(text, "Z" | "z") {
        return Some(FixedOffset::east_opt(0));
    }
    let (negative, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (false, rest),
        ("-", rest) => (true, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest.len() {
        2 => (rest, "00"),
        4 => rest.split_at_checked(2)?,
        _ => rest.split_once(':')?,
    };
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    FixedOffset::east_opt(if negative { -seconds } else { seconds }).map(Some)
}

/// Written as RFC 3339 says, with `Z` for UTC and as many digits as the value needs.
impl<Tz: TimeZone> From<DateTime<Tz>> for Instant {
    fn from(time: DateTime<Tz>) -> Self {
        Self(time.fixed_offset().to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl From<&str> for Instant {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Instant {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Instant({:?})", self.0)
    }
}

impl Json for Instant {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        String::read(reader).map(Self)
    }

    fn write(&self, writer: &mut Writer) {
        writer.string(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dialects_of_real_systems() {
        // Text, the same in UTC, date and time as written.
        let cases = [
            ("2024-02-29T23:59:59Z", Some("2024-02-29T23:59:59Z"), Some("2024-02-29 23:59:59")),
            ("2024-02-29t23:59:59z", Some("2024-02-29T23:59:59Z"), Some("2024-02-29 23:59:59")),
            ("2024-01-01T00:30:00.1234567+01:00", Some("2023-12-31T23:30:00.123456700Z"), Some("2024-01-01 00:30:00.123456700")),
            ("2024-01-01 00:30:00 +0100", Some("2023-12-31T23:30:00Z"), Some("2024-01-01 00:30:00")),
            ("2024-01-01T00:30:00-05", Some("2024-01-01T05:30:00Z"), Some("2024-01-01 00:30:00")),
            ("2024-01-01T00:30Z", Some("2024-01-01T00:30:00Z"), Some("2024-01-01 00:30:00")),
            ("2024-01-01T00:30:00.1234567891Z", Some("2024-01-01T00:30:00.123456789Z"), Some("2024-01-01 00:30:00.123456789")),
            ("2016-12-31T23:59:60Z", Some("2016-12-31T23:59:60Z"), Some("2016-12-31 23:59:60")),
            ("2024-01-01T00:30:00", None, Some("2024-01-01 00:30:00")),
            ("2024-02-30T00:00:00Z", None, None),
            ("2024-01-01T25:00:00Z", None, None),
            ("2024-01-01T00:00:00+99:00", None, None),
            ("2024-01-01T00:00:00.Z", None, None),
            ("2024-01-01", None, None),
            ("yesterday", None, None),
            ("", None, None),
            ("٢٠٢٤-01-01T00:00:00Z", None, None),
        ];
        for (text, utc, naive) in cases {
            let instant = Instant::new(text);
            assert_eq!(instant.to_utc().map(|time| time.to_rfc3339_opts(SecondsFormat::AutoSi, true)).as_deref(), utc, "{text}");
            assert_eq!(instant.naive().map(|time| time.to_string()).as_deref(), naive, "{text}");
            assert_eq!(Instant::parse(text).is_some(), naive.is_some(), "{text}");
            assert_eq!(instant.as_str(), text);
        }
    }

    #[test]
    fn a_chrono_value_is_written_as_rfc_3339() {
        let time = Utc.with_ymd_and_hms(2024, 5, 6, 7, 8, 9).unwrap();
        assert_eq!(Instant::from(time).as_str(), "2024-05-06T07:08:09Z");
        assert_eq!(Instant::from(time.with_timezone(&FixedOffset::east_opt(3600).unwrap())).as_str(), "2024-05-06T08:08:09+01:00");
        assert_eq!(Instant::from(time).to_utc(), Some(time));
    }
}
