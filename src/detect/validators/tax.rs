//! VAT numbers whose country comes first.

use super::parts::when;
use super::{america, europe_east, europe_north, europe_west};

/// The European Union and Northern Ireland: the country's own check.
pub(super) fn eu_vat(text: &[u8]) -> Option<bool> {
    let country = text.get(..2)?;
    let check: fn(&[u8]) -> Option<bool> = match country {
        b"AT" => europe_west::at_uid,
        b"BE" => europe_west::be_vat,
        b"BG" => europe_east::bg_vat,
        b"CY" => europe_west::cy_vat,
        b"CZ" => europe_east::cz_dic,
        b"DE" => europe_west::de_vat,
        b"DK" => europe_north::dk_cvr,
        b"EE" => europe_north::ee_kmkr,
        b"EL" | b"GR" => europe_west::gr_vat,
        b"ES" => europe_west::es_nif,
        b"FI" => europe_north::fi_alv,
        b"FR" => europe_west::fr_tva,
        b"HR" => europe_east::hr_oib,
        b"HU" => europe_east::hu_anum,
        b"IE" => europe_north::ie_vat,
        b"IT" => europe_west::it_iva,
        b"LT" => europe_north::lt_pvm,
        b"LU" => europe_west::lu_tva,
        b"LV" => europe_north::lv_pvn,
        b"MT" => europe_west::mt_vat,
        b"NL" => europe_west::nl_btw,
        b"PL" => europe_east::pl_nip,
        b"PT" => europe_west::pt_nif,
        b"RO" => europe_east::ro_cf,
        b"SE" => europe_north::se_vat,
        b"SI" => europe_east::si_ddv,
        b"SK" => europe_east::sk_dph,
        b"XI" => europe_north::gb_vat,
        _ => return None,
    };
    when(text.len() > 4)?;
    check(text)
}

/// Any country whose check is known: those of the European Union and some others.
pub(super) fn vatin(text: &[u8]) -> Option<bool> {
    let (country, rest) = text.split_at_checked(2)?;
    match country {
        b"CH" => europe_west::ch_vat(text),
        b"GB" => europe_north::gb_vat(text),
        b"NO" => europe_north::no_mva(rest),
        b"BR" => america::br_cnpj(rest),
        b"AR" => america::ar_cuit(rest),
        b"CL" => america::cl_rut(rest),
        b"RU" => europe_east::ru_inn(rest),
        b"RS" => europe_east::rs_pib(rest),
        b"UY" => america::uy_rut(rest),
        _ => eu_vat(text),
    }
}
