//! Evidence as bits: what a name and a share of matching values make of the odds.
//!
//! All is in binary logarithms of odds. A name of weight w starts with w against 1 - w. Each different value that
//! matches multiplies the odds by 0.9 over the chance that an unrelated value passes, each that does not by 0.1 over the
//! chance that one fails. Values that repeat say nothing new, so different values are counted, weighted by their rows.

/// Odds of an entity whose name is not there, in bits: one column in a hundred.
pub(super) const NO_NAME: f32 = -6.6;
/// The same for a number of a country that the data seems to have nothing to do with.
pub(super) const FOREIGN: f32 = -13.0;
/// What a name is worth less that is a number's in a country which the data seems to have nothing to do with: many such
/// names are words of other languages.
pub(super) const UNLIKELY: f32 = -3.0;
/// Different values beyond which more of them say nothing new: errors in the data are not independent.
const ENOUGH: f32 = 60.0;
/// Share of a column's values that pass when it holds the entity: real columns hold `n/a` and misspellings.
const TRUE_SHARE: f32 = 0.9;

/// The odds of a name's weight, in bits.
pub(super) fn name(weight: f32) -> f32 {
    let weight = weight.clamp(0.01, 0.99);
    (weight / (1.0 - weight)).log2()
}

/// What values say: `share` of `different` values pass, with `strength` bits each.
pub(super) fn values(share: f32, different: u64, strength: f32) -> f32 {
    let count = (different as f32).min(ENOUGH);
    let chance = (-strength.max(0.0)).exp2();
    if chance > 0.6 {
        // A form that most texts have: to have it says little, to lack it says more.
        return if share >= 0.8 {
            0.7
        } else if share < 0.3 && different >= 5 {
            -3.0
        } else {
            0.0
        };
    }
    let pass = (TRUE_SHARE / chance).log2();
    let fail = ((1.0 - TRUE_SHARE) / (1.0 - chance)).log2();
    count * (share * pass + (1.0 - share) * fail)
}

/// Odds in bits as a probability.
pub(super) fn probability(bits: f32) -> f32 {
    1.0 / (1.0 + (-bits.clamp(-30.0, 30.0)).exp2())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_values_separate_a_check_digit_from_chance() {
        let bits = 10_f32.log2();
        assert!(probability(NO_NAME + values(0.97, 30, bits)) > 0.99);
        assert!(probability(NO_NAME + values(0.1, 30, bits)) < 0.01);
    }

    #[test]
    fn one_repeated_value_convinces_nobody() {
        let bits = 10_f32.log2();
        assert!(probability(NO_NAME + values(1.0, 1, bits)) < 0.5);
    }

    #[test]
    fn a_form_alone_never_fires() {
        assert!(probability(NO_NAME + values(1.0, 1000, 0.0)) < 0.1);
    }

    #[test]
    fn weights_are_odds() {
        assert!((probability(name(0.9)) - 0.9).abs() < 1e-4);
        assert!((probability(name(0.5)) - 0.5).abs() < 1e-4);
    }
}
