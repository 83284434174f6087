//! The day at a provider's place: some tokens end at its midnight. Only the zones that a profile needs, without a time-zone database.

use serde::{Deserialize, Serialize};

/// A place's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Zone {
    /// Universal time.
    #[serde(rename = "UTC")]
    Utc,
    /// US Eastern time: five hours behind, four from 2:00 on the second Sunday of March to 2:00 on the first Sunday of November (in
    /// force since 2007, Energy Policy Act of 2005 section 110).
    #[serde(rename = "America/New_York")]
    NewYork,
}

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

impl Zone {
    /// The calendar day there at a moment in seconds since 1970, as days since 1970-01-01.
    #[must_use]
    pub fn day(self, moment: u64) -> i64 {
        let moment = i64::try_from(moment).unwrap_or(i64::MAX / 2);
        (moment + self.offset(moment)).div_euclid(DAY)
    }

    /// The zone's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Zone::Utc => "UTC",
            Zone::NewYork => "America/New_York",
        }
    }

    /// The date there at a moment in seconds since 1970: `year-month-day`.
    #[must_use]
    pub fn date(self, moment: u64) -> String {
        let (year, month, day) = self.civil(moment);
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// The date there as numbers: year, month and day, both counted from 1.
    #[must_use]
    pub fn civil(self, moment: u64) -> (i64, usize, i64) {
        let day = self.day(moment);
        let year = year_of(day);
        let begins = |month: usize| days_from_civil(year, i64::try_from(month).unwrap_or(1), 1);
        let month = (1..=12).rev().find(|month| begins(*month) <= day).unwrap_or(1);
        (year, month, day - begins(month) + 1)
    }

    fn offset(self, moment: i64) -> i64 {
        match self {
            Zone::Utc => 0,
            Zone::NewYork => {
                let year = year_of(moment.div_euclid(DAY));
                // 2:00 standard time is 7:00 UTC; 2:00 daylight time is 6:00 UTC.
                let spring = sunday_from(days_from_civil(year, 3, 8)) * DAY + 7 * HOUR;
                let autumn = sunday_from(days_from_civil(year, 11, 1)) * DAY + 6 * HOUR;
                if (spring..autumn).contains(&moment) { -4 * HOUR } else { -5 * HOUR }
            }
        }
    }
}

/// The first Sunday on or after a day. 1970-01-01 was a Thursday.
fn sunday_from(day: i64) -> i64 {
    day + (3 - day).rem_euclid(7)
}

/// Days since 1970-01-01 of a date of the Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The year of a day since 1970-01-01 (the same source).
fn year_of(day: i64) -> i64 {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // The shifted year begins in March: January and February belong to the next one.
    year_of_era + era * 400 + i64::from(day_of_year >= 306)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_become_days_and_years() {
        for (year, month, day, days) in
            [(1970, 1, 1, 0), (2000, 3, 1, 11_017), (2023, 11, 14, 19_675), (2024, 2, 29, 19_782), (1969, 12, 31, -1)]
        {
            assert_eq!(days_from_civil(year, month, day), days);
            assert_eq!(year_of(days), year);
        }
    }

    #[test]
    fn moments_become_dates() {
        for (moment, date) in [(0, "1970-01-01"), (951_868_799, "2000-02-29"), (951_868_800, "2000-03-01"), (1_735_689_599, "2024-12-31")] {
            assert_eq!(Zone::Utc.date(moment), date);
        }
        assert_eq!(Zone::NewYork.date(0), "1969-12-31");
    }

    /// Moments from the zone's published rules: midnight there, a second before, and both changes of 2023.
    #[test]
    fn a_day_in_new_york_ends_at_its_own_midnight() {
        for (before, ends) in
            [(1_700_024_399, true), (1_689_307_199, true), (1_700_024_400, false), (1_678_604_399, false), (1_699_163_999, false)]
        {
            assert_eq!(Zone::NewYork.day(before) != Zone::NewYork.day(before + 1), ends, "{before}");
        }
        // 2023-03-12 06:59:59 UTC is 01:59:59 EST, one second later it is 03:00:00 EDT; 2023-11-05 06:00 UTC is 01:00 EST again.
        assert_eq!(Zone::NewYork.offset(1_678_604_399), -5 * HOUR);
        assert_eq!(Zone::NewYork.offset(1_678_604_400), -4 * HOUR);
        assert_eq!(Zone::NewYork.offset(1_699_163_999), -4 * HOUR);
        assert_eq!(Zone::NewYork.offset(1_699_164_000), -5 * HOUR);
        assert_eq!(Zone::Utc.day(86_399), 0);
        assert_eq!(Zone::Utc.day(86_400), 1);
        assert_eq!(Zone::NewYork.day(u64::MAX), Zone::NewYork.day(u64::MAX));
    }
}
