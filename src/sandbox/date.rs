//! The `Date` field (RFC 9110 section 5.6.7), by which clients find out how far their clock is off.

use crate::profile::calendar::Zone;

/// A moment in seconds since 1970, as HTTP writes it.
#[must_use]
pub(super) fn http(moment: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    // Beyond the year 9999 the field has no form.
    let moment = moment.min(253_402_300_799);
    let weekday = usize::try_from(moment / 86_400 % 7).ok().and_then(|day| DAYS.get(day)).unwrap_or(&"Thu");
    let (year, month, day) = Zone::Utc.civil(moment);
    let month = month.checked_sub(1).and_then(|month| MONTHS.get(month)).unwrap_or(&"Jan");
    let (hour, minute, second) = (moment / 3600 % 24, moment / 60 % 60, moment % 60);
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

#[cfg(test)]
mod tests {
    use super::http;

    #[test]
    fn dates_are_those_of_the_rfc() {
        // RFC 9110 section 5.6.7, RFC 2616 section 14.18, and the first second.
        assert_eq!(http(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(http(784_887_151), "Tue, 15 Nov 1994 08:12:31 GMT");
        assert_eq!(http(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(http(u64::MAX), "Fri, 31 Dec 9999 23:59:59 GMT");
    }
}
