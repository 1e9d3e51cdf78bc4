//! What is known of operators that make values coarser: of two values the greater never becomes the smaller.
//!
//! Such an operator keeps every CHECK whose border it maps onto itself or inwards: `age >= 0` survives rounding to tens.

/// A function that never turns the order of two values around.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Monotone {
    /// What it does to whole numbers.
    pub steps: Steps,
    /// Whether no output is above its input.
    pub lowers: bool,
}

/// What a [`Monotone`] function does to whole numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Steps {
    /// The multiple of `size` at or below the number, counted from `origin`.
    Down {
        /// The distance of two outputs.
        size: i128,
        /// One of the outputs.
        origin: i128,
    },
    /// The nearest multiple of this.
    Nearest(i128),
    /// The greatest of these, in ascending order, that is not above the number.
    Edges(Vec<i128>),
    /// The number, or the nearer end of this range.
    Caps(i128, i128),
    /// Something of this name that is not about whole numbers: two columns with the same map alike.
    Named(String),
}

impl Monotone {
    /// A function that may raise a value.
    pub fn new(steps: Steps) -> Self {
        Self { steps, lowers: false }
    }

    /// A function that raises no value.
    pub fn lowering(steps: Steps) -> Self {
        Self { steps, lowers: true }
    }

    /// The output for a whole number, where one is known to come out.
    pub fn of(&self, number: i128) -> Option<i128> {
        match &self.steps {
            Steps::Down { size, origin } => {
                let above = number.checked_sub(*origin)?.checked_rem_euclid(*size)?;
                number.checked_sub(above)
            }
            Steps::Nearest(size) if number.checked_rem(*size)? == 0 => Some(number),
            Steps::Nearest(_) | Steps::Named(_) => None,
            Steps::Edges(edges) => edges.iter().rev().find(|edge| **edge <= number).copied(),
            Steps::Caps(low, high) => Some(number.clamp(*low, (*high).max(*low))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_mapped_as_the_operators_do() {
        let of = |steps: Steps, number| Monotone::new(steps).of(number);
        assert_eq!(of(Steps::Down { size: 10, origin: 0 }, 37), Some(30));
        assert_eq!(of(Steps::Down { size: 10, origin: 5 }, -1), Some(-5));
        assert_eq!(of(Steps::Down { size: 0, origin: 5 }, -1), None);
        assert_eq!(of(Steps::Nearest(10), 40), Some(40));
        assert_eq!(of(Steps::Nearest(10), 44), None);
        assert_eq!(of(Steps::Edges(vec![0, 18, 65]), 64), Some(18));
        assert_eq!(of(Steps::Edges(vec![0, 18, 65]), -1), None);
        assert_eq!(of(Steps::Caps(0, 100), 250), Some(100));
    }
}
