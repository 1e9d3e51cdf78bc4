//! IBANs: what is one, and what becomes of it.

use super::super::examples::mask_text;
use super::*;

const PUBLISHED: [&str; 6] = [
    "DE89370400440532013000",
    "GB82WEST12345698765432",
    "FR1420041010050500013M02606",
    "NO9386011117947",
    "MT84MALT011000012345MTLCAST001S",
    "CH9300762011623852957",
];

#[test]
fn published_ibans_are_read() {
    for iban in PUBLISHED {
        assert!(Compact::parse(iban.as_bytes(), false).is_some(), "{iban}");
    }
}

#[test]
fn country_shape_and_spaces_stay_and_the_check_digits_are_right() {
    for iban in PUBLISHED {
        let masked = mask_text(&INFO, "{}", iban);
        assert_ne!(masked, iban);
        assert_eq!(masked[..2], iban[..2]);
        let (masked, iban) =
            [masked.as_bytes(), iban.as_bytes()].map(|text| Compact::parse(text, false).unwrap()).into();
        assert!(masked.shape() == iban.shape());
    }
    let spaced = mask_text(&INFO, "{}", "DE89 3704 0044 0532 0130 00");
    assert_eq!(spaced.replace(' ', ""), mask_text(&INFO, "{}", "DE89370400440532013000"));
    assert_eq!(spaced.rfind(' '), Some(24));
}

#[test]
fn broken_check_digits_are_never_right() {
    for iban in PUBLISHED {
        let masked = mask_text(&INFO, "{ check = 'broken' }", iban);
        assert!(Compact::parse(masked.as_bytes(), false).is_none(), "{masked}");
    }
}

#[test]
fn what_is_no_iban_is_invalid() {
    for cell in
        ["DE89370400440532013001", "DE8937040044", "de89370400440532013000", "DE89-3704", "1234567890123456"]
    {
        assert!(mask_text(&INFO, "{}", cell).starts_with('x'), "{cell}");
    }
    let ci = "{ equality = 'ci' }";
    assert_eq!(
        mask_text(&INFO, ci, "de89370400440532013000"),
        mask_text(&INFO, ci, "DE89370400440532013000")
    );
}

#[test]
fn a_spec_counts_runs_of_digits_and_letters() {
    let spec = |iban: &str| Compact::parse(iban.as_bytes(), false).unwrap().shape().spec();
    assert_eq!(spec("DE89370400440532013000"), "iban:DE:n18");
    assert_eq!(spec("FR1420041010050500013M02606"), "iban:FR:n17a1n5");
    assert_eq!(spec("MT84MALT011000012345MTLCAST001S"), "iban:MT:a4n12a7n3a1");
}

#[test]
fn ranks_come_back_from_the_positions_that_they_stand_for() {
    for iban in PUBLISHED {
        let mut compact = Compact::parse(iban.as_bytes(), false).unwrap();
        let permuted = compact.shape().members(&super::super::examples::demo_key().domain("iban")).permuted;
        compact.replace(compact.rank(permuted), permuted, false);
        assert_eq!(&compact.text[..compact.length], iban.as_bytes());
    }
}
