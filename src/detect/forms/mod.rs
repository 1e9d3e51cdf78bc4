//! Forms that a shape cannot say: e-mail addresses, telephone numbers, cards, addresses of networks. One function for each.

mod email;

/// A form.
pub(super) struct Form {
    /// Its name in detectors' files.
    pub(super) name: &'static str,
    /// Whether a whole value has it; bits of evidence if so.
    pub(super) whole: fn(&[u8]) -> Option<f32>,
}

/// All forms.
pub(super) const FORMS: &[Form] = &[Form { name: "email", whole: email::whole }];
