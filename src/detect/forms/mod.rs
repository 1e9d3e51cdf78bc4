//! Forms that a shape cannot say: e-mail addresses, telephone numbers, cards, names, addresses. One function for each.

pub(super) mod card;
pub(super) mod date;
pub(super) mod email;
pub(super) mod keyed;
pub(super) mod network;
pub(super) mod person;
pub(super) mod secret;

use super::phone;
use super::scope::Scope;

/// A form.
pub(super) struct Form {
    /// Its name in detectors' files.
    pub(super) name: &'static str,
    /// Whether a whole value has it; bits of evidence if so.
    pub(super) whole: fn(&[u8], &Scope) -> Option<f32>,
}

const fn form(name: &'static str, whole: fn(&[u8], &Scope) -> Option<f32>) -> Form {
    Form { name, whole }
}

/// All forms.
pub(super) const FORMS: &[Form] = &[
    form("birth_date", |value, _| date::birth(value)),
    form("card", |value, _| card::strength(value)),
    form("city", |value, _| person::city(value)),
    form("connection_string", |value, _| network::connection_string(value)),
    form("coordinates", |value, _| network::coordinates(value)),
    form("email", |value, _| email::whole(value)),
    form("first_name", |value, _| person::first_name(value)),
    form("free_text", |value, _| person::free_text(value)),
    form("full_name", |value, _| person::full_name(value)),
    form("ipv4", |value, _| network::ipv4(value)),
    form("ipv6", |value, _| network::ipv6(value)),
    form("jwt", |value, _| secret::jwt(value)),
    form("keyed_secret", |value, _| keyed::whole(value)),
    form("last_name", |value, _| person::last_name(value)),
    form("mac", |value, _| network::mac(value)),
    form("pem", |value, _| secret::pem(value)),
    form("phone", |value, scope| phone::strength(value, scope, false)),
    form("random", |value, _| secret::random(value)),
    form("street", |value, _| person::street(value)),
    form("url", |value, _| network::url(value)),
    form("url_token", |value, _| network::url_token(value)),
    form("user_agent", |value, _| network::user_agent(value)),
];
