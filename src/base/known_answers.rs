//! The known answers of "scrub v1": `tests/kat/scrub_v1.jsonl`, made by `tests/kat/scrub_v1_reference.py`, and the
//! published vectors of FF1. A line that was released never changes.

use std::path::Path;
use std::sync::Arc;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use serde_json::Value;

use super::ff1::Ff1;
use super::integer_bands::{BANDS, Place, place};
use super::*;

const TWO_TO_128: &str = "340282366920938463463374607431768211456";
const ANSWERS: &str = include_str!("../../tests/kat/scrub_v1.jsonl");

fn project() -> ProjectKey {
    Key::from_bytes(std::array::from_fn(|i| i as u8)).unwrap().project("acme/dev")
}

fn text<'a>(line: &'a Value, name: &str) -> &'a str {
    line[name].as_str().unwrap()
}

fn hex32(text: &str) -> [u8; 32] {
    HEXLOWER.decode(text.as_bytes()).unwrap().try_into().unwrap()
}

fn equality(line: &Value) -> Equality {
    Equality::from_name(text(line, "equality")).unwrap()
}

fn number(value: &Value) -> u128 {
    value.as_str().map_or_else(|| value.as_u64().unwrap().into(), |text| text.parse().unwrap())
}

/// Maps an integer of a range as `permute` does.
fn permute(domain: &str, value: i128, low: i128, high: i128) -> i128 {
    let keys = project().domain(domain);
    let permutation = keys.permutation("perm", &format!("int:{low}:{high}"), (high - low).cast_unsigned());
    let mut values = [(value - low).cast_unsigned()];
    permutation.apply(&mut values);
    let result = low + values[0].cast_signed();
    permutation.invert(&mut values);
    assert_eq!(values, [(value - low).cast_unsigned()]);
    result
}

fn check(line: &Value) -> bool {
    match text(line, "op") {
        "key_id" => {
            let project = Key::from_bytes(hex32(text(line, "root"))).unwrap().project(text(line, "project"));
            assert_eq!(project.id(), line["out"]);
        }
        "domain_key" => {
            let project = Key::from_bytes(hex32(text(line, "root"))).unwrap().project(text(line, "project"));
            let key = project.domain(text(line, "domain")).derive(text(line, "purpose"), text(line, "spec"));
            assert_eq!(*key, hex32(text(line, "out")));
        }
        op @ ("prf" | "index") => {
            let prf = project().domain(text(line, "domain")).prf(text(line, "purpose"), text(line, "spec"));
            let tag = prf.tag(text(line, "msg").as_bytes());
            if op == "prf" {
                assert_eq!(HEXLOWER.encode(&tag), line["out"]);
            } else {
                assert_eq!(index(&tag, line["n"].as_u64().unwrap()), line["out"]);
            }
        }
        op @ ("small_perm" | "small_perm_sample" | "big_perm") => {
            let last = if line["n"] == TWO_TO_128 { u128::MAX } else { number(&line["n"]) - 1 };
            let permutation = Permutation::new(&hex32(text(line, "key")), last, &Arc::default());
            let points: Vec<(u128, u128)> = if op == "small_perm" {
                (0..).zip(line["out"].as_array().unwrap().iter().map(number)).collect()
            } else {
                let points = line["points"].as_object().unwrap();
                points.iter().map(|(from, to)| (from.parse().unwrap(), number(to))).collect()
            };
            let mut values: Vec<u128> = points.iter().map(|point| point.0).collect();
            permutation.apply(&mut values);
            assert_eq!(values, points.iter().map(|point| point.1).collect::<Vec<_>>());
            permutation.invert(&mut values);
            assert_eq!(values, points.iter().map(|point| point.0).collect::<Vec<_>>());
        }
        "int_range" => {
            let [value, low, high] = ["v", "lo", "hi"].map(|name| integer(&line[name]));
            assert_eq!(permute(text(line, "domain"), value, low, high), integer(&line["out"]));
        }
        "int_bands" => {
            let value = integer(&line["v"]);
            let result = match place(value) {
                Place::Band(number) => {
                    let band = BANDS[number];
                    permute(text(line, "domain"), value, band.low.into(), band.high.into())
                }
                Place::Fixed | Place::Outside => value,
            };
            assert_eq!(result, integer(&line["out"]));
        }
        op @ ("email" | "keyed_hash") => {
            let (value, equality) = (text(line, "v"), equality(line));
            let (form, spec, bytes) = if op == "email" {
                (canonical::email(value, equality).unwrap(), format!("email:80:{}", equality.as_str()), 10)
            } else {
                (canonical::text(value, equality), format!("text:120:base32:{}", equality.as_str()), 15)
            };
            assert_eq!(form, text(line, "canon"));
            let tag = project().domain(text(line, "domain")).prf("tag", &spec).tag(form.as_bytes());
            let tag = BASE32_NOPAD.encode(&tag[..bytes]).to_lowercase();
            assert_eq!(tag, text(line, "out").trim_end_matches("@example.com"));
        }
        "date_shift" => {
            let parts = line["subject"].as_array().unwrap().iter().map(|part| part.as_str().unwrap());
            let mut message = Vec::new();
            canonical::subject(text(line, "subject_domain"), parts, &mut message);
            assert_eq!(HEXLOWER.encode(&message), text(line, "subject_message"));
            let window = line["window"].as_u64().unwrap();
            let prf = project().domain("person").prf("dateshift", &format!("days:{window}"));
            let days = -1 - i128::from(index(&prf.tag(&message), window));
            assert_eq!(days, integer(&line["out_days"]));
        }
        "uuid" => return false,
        op => panic!("nothing here computes {op}"),
    }
    true
}

fn integer(value: &Value) -> i128 {
    value.as_i64().map_or_else(|| value.as_u64().unwrap().into(), i128::from)
}

#[test]
fn every_known_answer_is_met() {
    let lines: Vec<Value> = ANSWERS.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let checked = lines.iter().filter(|line| check(line)).count();
    assert_eq!((lines.len(), checked), (77, 74), "the three UUIDs belong to the operator `uuid`");
}

fn digits(value: &Value, alphabet: Option<&str>) -> Vec<u32> {
    match (value, alphabet) {
        (Value::String(text), Some(alphabet)) => {
            text.chars().map(|c| alphabet.find(c).map_or(u32::MAX, |position| position as u32)).collect()
        }
        (Value::Array(digits), _) => {
            digits.iter().map(|digit| digit.as_i64().unwrap().try_into().unwrap_or(u32::MAX)).collect()
        }
        _ => panic!("digits are a string or a list"),
    }
}

/// SP 800-38G, FF1 samples 1 to 9: three keys (each the start of the longest) by three inputs.
#[test]
fn ff1_gives_the_samples_of_the_standard() {
    const KEY: &[u8; 64] = b"2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94";
    const DECIMAL: &str = "0123456789";
    const LETTERS: &str = "0123456789abcdefghi";
    const INPUTS: [(u32, &[u8], &str, [&str; 3]); 3] = [
        (10, b"", DECIMAL, ["2433477484", "2830668132", "6657667009"]),
        (10, b"9876543210", DECIMAL, ["6124200773", "2496655549", "1001623463"]),
        (36, b"7777pqrs777", LETTERS, ["a9tv40mll9kdu509eum", "xbj3kv35jrawxv32ysr", "xs8a0azh2avyalyzuwd"]),
    ];
    let key = HEXLOWER.decode(KEY).unwrap();
    let numerals = |text: &str| -> Vec<u32> { text.chars().map(|c| c.to_digit(36).unwrap()).collect() };
    for (radix, tweak, plain, sealed) in INPUTS {
        for (length, sealed) in [16, 24, 32].into_iter().zip(sealed) {
            let ff1 = Ff1::new(&key[..length], radix).unwrap();
            assert_eq!(ff1.encrypt(tweak, &numerals(plain)).unwrap(), numerals(sealed));
            assert_eq!(ff1.decrypt(tweak, &numerals(sealed)).unwrap(), numerals(plain));
        }
    }
}

/// The vectors of NIST, ACVP and Wycheproof, which stand beside the project and not in it.
#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn ff1_gives_the_published_vectors_and_refuses_the_invalid_ones() {
    let place = "shared/data/ff1_vectors.jsonl";
    let ancestors = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let Some(path) = ancestors.map(|folder| folder.join(place)).find(|path| path.is_file()) else {
        eprintln!(
            "SKIPPED: no {place} beside the project; FF1 was checked against the nine NIST samples only"
        );
        return;
    };
    let (mut valid, mut invalid) = (0, 0);
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let key = HEXLOWER.decode(text(&line, "key").as_bytes()).unwrap();
        let tweak = HEXLOWER.decode(text(&line, "tweak").as_bytes()).unwrap();
        let alphabet = line["alphabet"].as_str();
        let plain = digits(&line["pt"], alphabet);
        let ff1 = Ff1::new(&key, line["radix"].as_u64().unwrap() as u32);
        if line["result"] == "valid" {
            let ff1 = ff1.unwrap();
            let sealed = digits(&line["ct"], alphabet);
            assert_eq!(ff1.encrypt(&tweak, &plain).as_ref(), Some(&sealed), "{}", line["id"]);
            assert_eq!(ff1.decrypt(&tweak, &sealed), Some(plain), "{}", line["id"]);
            valid += 1;
        } else {
            assert_eq!(ff1.and_then(|ff1| ff1.encrypt(&tweak, &plain)), None, "{}", line["id"]);
            invalid += 1;
        }
    }
    assert!(valid > 1000 && invalid > 100, "{valid} valid and {invalid} invalid vectors");
}
