//! Social security numbers of France (NIR): sex, year, month, department, commune, serial number, and two check
//! digits that may be absent; `1 85 05 78 006 084 91`. Sexes are 1 and 2, departments 01 to 95, 2A, 2B, 97, 98 and 99
//! in this order, communes (with 97, 98 and 99, the rest of the territory or country) 001 to 990, serial numbers 001
//! to 999; the rank goes by these. The check digits are 97 minus the number modulo 97, 2A being 19 and 2B 18.

use super::check::{number, put};
use super::{Class, Kind, Layout};

const DEPARTMENTS: u64 = 100;
const COMMUNES: u64 = 990;
const SERIALS: u64 = 999;
/// Departments of digits before 2A, and the last three.
const PLAIN: u64 = 95;
const OVERSEAS: u64 = 97;

pub(super) const KIND: Kind = Kind {
    name: "fr_nir",
    layout: Layout::Separated(" -./"),
    classes: &[Class { suffix: "", count: 2 * 100 * 12 * DEPARTMENTS * COMMUNES * SERIALS }],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let (front, check) = text.split_at_checked(13)?;
    if !matches!(check.len(), 0 | 2) {
        return None;
    }
    let (sex, year, month) = (number(&front[..1])?, number(&front[1..3])?, number(&front[3..5])?);
    let department = match &front[5..7] {
        b"2A" => PLAIN,
        b"2B" => PLAIN + 1,
        digits => match number(digits)? {
            department @ 1..=PLAIN => department - 1,
            department @ OVERSEAS..=99 => department,
            _ => return None,
        },
    };
    let (commune, serial) = (number(&front[7..10])?, number(&front[10..])?);
    let exists = (1..=2).contains(&sex)
        && (1..=12).contains(&month)
        && (1..=COMMUNES).contains(&commune)
        && serial >= 1;
    let place = (((sex.wrapping_sub(1) * 100 + year) * 12 + month.wrapping_sub(1)) * DEPARTMENTS
        + department)
        * COMMUNES;
    exists.then(|| (0, (place + commune - 1) * SERIALS + serial - 1))
}

fn unrank(_: usize, rank: u64, text: &mut [u8]) -> bool {
    let (serial, rank) = (rank % SERIALS + 1, rank / SERIALS);
    let (commune, rank) = (rank % COMMUNES + 1, rank / COMMUNES);
    let (department, rank) = (rank % DEPARTMENTS, rank / DEPARTMENTS);
    let (month, rank) = (rank % 12 + 1, rank / 12);
    put(&mut text[..3], (rank / 100 + 1) * 100 + rank % 100);
    put(&mut text[3..5], month);
    put(&mut text[7..10], commune);
    put(&mut text[10..13], serial);
    // What the department counts as in the check digits.
    let digits = match department {
        PLAIN => 19,
        96 => 18,
        OVERSEAS.. => department,
        _ => department + 1,
    };
    put(&mut text[5..7], digits);
    let check = 97 - number(&text[..13]).unwrap_or_default() % 97;
    match department {
        PLAIN => text[5..7].copy_from_slice(b"2A"),
        96 => text[5..7].copy_from_slice(b"2B"),
        _ => {}
    }
    if let Some(digits) = text.get_mut(13..15) {
        put(digits, check);
    }
    true
}
