//! Social Security numbers of the United States: `AAA-GG-SSSS`, with hyphens, with spaces, or without either.
//!
//! Issuable are areas 001 to 665 and 667 to 899, groups 01 to 99 and serials 0001 to 9999; the rank of a number goes
//! by area, then group, then serial. Areas from 900 are never issued; taxpayer and adoption numbers (ITIN, ATIN) use
//! their groups from 50 on, so results take groups 01 to 49, which are nothing at all.

use super::check::{number, put};
use super::{Class, Kind, Layout, NeverIssued};

const AREAS: u64 = 898;
const GROUPS: u64 = 99;
const SERIALS: u64 = 9999;
/// The area that is never issued among those that are.
const SKIPPED_AREA: u64 = 666;
const FREE_AREAS: u64 = 100;
const FREE_GROUPS: u64 = 49;
const FREE: u64 = FREE_AREAS * FREE_GROUPS * SERIALS;

pub(super) const KIND: Kind = Kind {
    name: "us_ssn",
    layout: Layout::Shapes(&["XXXXXXXXX", "XXX-XX-XXXX", "XXX XX XXXX"]),
    classes: &[Class { suffix: "", count: AREAS * GROUPS * SERIALS }],
    rank,
    unrank: |_, rank, text| {
        put(text, issuable_number(rank));
        true
    },
    never_issued: Some(NeverIssued {
        least: FREE,
        count: |_| FREE,
        unrank: |rank, text| {
            put(text, never_issued_number(rank));
            true
        },
    }),
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let number = number(text)?;
    let (area, group, serial) = (number / 1_000_000, number / 10_000 % 100, number % 10_000);
    if area == 0 || area == SKIPPED_AREA || area > 899 || group == 0 || serial == 0 {
        return None;
    }
    let area = if area < SKIPPED_AREA { area - 1 } else { area - 2 };
    Some((0, (area * GROUPS + group - 1) * SERIALS + serial - 1))
}

fn issuable_number(rank: u64) -> u64 {
    let area = rank / (GROUPS * SERIALS) + 1;
    let area = if area < SKIPPED_AREA { area } else { area + 1 };
    area * 1_000_000 + (rank / SERIALS % GROUPS + 1) * 10_000 + rank % SERIALS + 1
}

fn never_issued_number(rank: u64) -> u64 {
    let area = rank / (FREE_GROUPS * SERIALS) + 900;
    area * 1_000_000 + (rank / SERIALS % FREE_GROUPS + 1) * 10_000 + rank % SERIALS + 1
}

#[cfg(test)]
mod tests {
    use super::super::super::examples::{mask_text, prepare};
    use super::super::INFO;
    use super::*;
    use crate::mask::Uniqueness;
    use crate::table::SqlType;

    #[test]
    fn ranks_are_a_bijection_at_their_ends_and_around_the_gap() {
        assert_eq!(KIND.classes[0].count, 888_931_098);
        for (number, expected) in
            [("001010001", 0), ("001010002", 1), ("001020001", 9999), ("899999999", 888_931_097)]
        {
            assert_eq!(rank(number.as_bytes()), Some((0, expected)));
        }
        for start in [0, 665 * GROUPS * SERIALS - 2, KIND.classes[0].count - 3] {
            for expected in start..start + 3 {
                assert_eq!(rank(format!("{:09}", issuable_number(expected)).as_bytes()), Some((0, expected)));
            }
        }
    }

    #[test]
    fn numbers_that_are_never_issued_are_invalid() {
        for cell in [
            "000-12-3456",
            "666-12-3456",
            "900-12-3456",
            "123-00-4567",
            "123-45-0000",
            "123-456789",
            "12345678",
            "n/a",
        ] {
            assert!(mask_text(&INFO, "{ kind = 'us_ssn' }", cell).starts_with('x'), "{cell}");
        }
    }

    #[test]
    fn results_are_never_issued_unless_the_whole_range_is_asked_for() {
        for serial in 1..200 {
            let cell = format!("123-45-{serial:04}");
            let masked = mask_text(&INFO, "{ kind = 'us_ssn' }", &cell);
            assert!(masked.starts_with('9') && masked[4..6].parse::<u32>().unwrap() < 50, "{masked}");
            let masked = mask_text(&INFO, "{ kind = 'us_ssn', range = 'full' }", &cell);
            assert!(rank(masked.replace('-', "").as_bytes()).is_some(), "{masked}");
        }
    }

    #[test]
    fn the_shape_stays() {
        let policy = "{ kind = 'us_ssn', range = 'full' }";
        let digits = mask_text(&INFO, policy, "123456789");
        let (area, group, serial) = (&digits[..3], &digits[3..5], &digits[5..]);
        assert_eq!(mask_text(&INFO, policy, "123-45-6789"), format!("{area}-{group}-{serial}"));
        assert_eq!(mask_text(&INFO, policy, "123 45 6789"), format!("{area} {group} {serial}"));
    }

    #[test]
    fn a_column_that_must_stay_unique_takes_the_whole_range() {
        let parameters =
            super::super::super::examples::parameters("{ kind = 'us_ssn', on_invalid = 'error' }");
        let mut request = super::super::super::examples::request(&parameters, &SqlType::TEXT);
        request.on_invalid = crate::mask::OnInvalid::Error;
        request.unique = true;
        assert_eq!((INFO.prepare)(&request).unwrap().uniqueness, Uniqueness::Proven);
        assert!(prepare(&INFO, "{}", &SqlType::TEXT).is_err());
        assert!(prepare(&INFO, "{ kind = 'xx' }", &SqlType::TEXT).is_err());
    }
}
