//! The laws of the format, on small dumps that hold every trap, and on real ones when they are at hand.
