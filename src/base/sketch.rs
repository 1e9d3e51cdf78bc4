//! [`sketch`]: the shape of a cell for a message, when the cell itself must not be shown.

/// Character classes of a value: `L` letters, `N` digits, `S` spaces, `P` other ASCII, `U` anything else.
///
/// Runs are cut after four (`+` says so) and the whole after sixteen classes (`…`). Under six characters it is
/// `…` alone, for a sketch of so little would say too much.
///
/// ```
/// use scrub::base::sketch;
/// assert_eq!(sketch(b"AB-1234"), "LLPNNNN");
/// assert_eq!(sketch(b"jane.doe@example.com"), "LLLLPLLLPLLLL+PLL…");
/// assert_eq!(sketch(b"1234"), "…");
/// ```
pub fn sketch(value: &[u8]) -> String {
    let mut classes = value.iter().filter(|byte| !is_continuation(**byte)).map(|byte| class(*byte));
    if classes.clone().count() < SHORTEST {
        return "…".into();
    }
    let (mut text, mut shown, mut previous, mut run) = (String::new(), 0, ' ', 0);
    for class in &mut classes {
        run = if class == previous { run + 1 } else { 1 };
        previous = class;
        if run == LONGEST_RUN + 1 {
            text.push('+');
        }
        if run > LONGEST_RUN {
            continue;
        }
        if shown == LONGEST {
            text.push('…');
            break;
        }
        text.push(class);
        shown += 1;
    }
    text
}

fn class(byte: u8) -> char {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' => 'L',
        b'0'..=b'9' => 'N',
        b' ' | b'\t'..=b'\r' => 'S',
        0x80.. => 'U',
        _ => 'P',
    }
}

/// The second to fourth byte of a UTF-8 character.
fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

const SHORTEST: usize = 6;
const LONGEST_RUN: usize = 4;
const LONGEST: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn counts_characters_rather_than_bytes() {
        assert_eq!(sketch("żółć1".as_bytes()), "…");
        assert_eq!(sketch("żółć 12".as_bytes()), "UUUUSNN");
    }

    proptest! {
        #[test]
        fn is_short_and_made_of_class_letters(value: Vec<u8>) {
            let text = sketch(&value);
            prop_assert!(text.chars().all(|c| "LNSPU+…".contains(c)));
            prop_assert!(text.chars().count() <= 2 * LONGEST);
        }
    }
}
