//! Checks of numbers: one small function for each, by the algorithm that its issuer publishes.
//!
//! A check is a pure function of a number's characters, in capitals and without its separators. [`VALIDATORS`] lists
//! them; names are those of python-stdnum's modules where it has one, which lets a test compare the two.

use super::compact::Compact;

/// A check.
#[derive(Debug)]
#[non_exhaustive]
pub struct Validator {
    /// Its name in detectors' files.
    pub name: &'static str,
    /// Characters that may stand anywhere between those of the number.
    pub separators: &'static str,
    /// The chance that an unrelated value of the same length and classes passes.
    pub chance: f32,
    /// Whether letter case matters.
    exact: bool,
    check: fn(&[u8]) -> Option<bool>,
}

impl Validator {
    /// Whether a value passes.
    #[inline]
    pub fn is_valid(&self, value: &[u8]) -> bool {
        if self.exact {
            return (self.check)(value.trim_ascii()).unwrap_or(false);
        }
        Compact::read(value, self.separators.as_bytes())
            .is_some_and(|compact| (self.check)(compact.text()).unwrap_or(false))
    }
}

impl Validator {
    /// The same for a value that was read without ` -./` and perhaps brackets.
    #[inline]
    pub(super) fn accepts(&self, value: &[u8], compact: &Compact) -> bool {
        if self.exact || self.separators != COMMON {
            return self.is_valid(value);
        }
        (self.check)(compact.text()).unwrap_or(false)
    }
}

/// What most numbers may be written with.
const COMMON: &str = " -./,:()";

pub(super) use parts::is_luhn;

/// The check of that name.
pub fn validator(name: &str) -> Option<&'static Validator> {
    VALIDATORS.iter().find(|validator| validator.name == name)
}

const fn check(
    name: &'static str,
    separators: &'static str,
    chance: f32,
    check: fn(&[u8]) -> Option<bool>,
) -> Validator {
    Validator { name, separators, chance, exact: false, check }
}

const fn exact(
    name: &'static str,
    separators: &'static str,
    chance: f32,
    check: fn(&[u8]) -> Option<bool>,
) -> Validator {
    Validator { name, separators, chance, exact: true, check }
}

/// All checks.
pub const VALIDATORS: &[Validator] = &[
    check("ad_nrt", COMMON, 0.04, europe_west::ad_nrt),
    check("ae_eid", COMMON, 0.01, asia::ae_eid),
    check("al_nipt", COMMON, 0.2, europe_east::al_nipt),
    exact("altcoin", "", 0.0001, common::altcoin),
    check("ar_cbu", COMMON, 0.1, america::ar_cbu),
    check("ar_cuit", COMMON, 0.1, america::ar_cuit),
    check("ar_dni", COMMON, 0.5, america::ar_dni),
    check("at_tin", COMMON, 0.5, europe_west::at_tin),
    check("at_uid", COMMON, 0.1, europe_west::at_uid),
    check("at_vnr", COMMON, 0.1, europe_west::at_vnr),
    check("au_abn", COMMON, 0.01, africa_oceania::au_abn),
    check("au_acn", COMMON, 0.1, africa_oceania::au_acn),
    check("au_medicare", COMMON, 0.1, africa_oceania::au_medicare),
    check("au_tfn", COMMON, 0.1, africa_oceania::au_tfn),
    check("az_voen", COMMON, 0.1, europe_east::az_voen),
    check("be_bis", COMMON, 0.01, europe_west::be_bis),
    check("be_eid", COMMON, 0.01, europe_west::be_eid),
    check("be_iban", COMMON, 0.01, europe_west::be_iban),
    check("be_nn", COMMON, 0.01, europe_west::be_nn),
    check("be_ssn", COMMON, 0.01, europe_west::be_ssn),
    check("be_vat", COMMON, 0.01, europe_west::be_vat),
    check("bg_egn", COMMON, 0.01, europe_east::bg_egn),
    check("bg_pnf", COMMON, 0.1, europe_east::bg_pnf),
    check("bg_vat", COMMON, 0.1, europe_east::bg_vat),
    check("bic", COMMON, 0.5, common::bic),
    exact("bitcoin", "", 0.0001, common::bitcoin),
    check("br_cnh", COMMON, 0.1, america::br_cnh),
    check("br_cnpj", COMMON, 0.01, america::br_cnpj),
    check("br_cpf", COMMON, 0.01, america::br_cpf),
    check("br_pis", COMMON, 0.1, america::br_pis),
    check("by_unp", " -", 0.1, europe_east::by_unp),
    check("ca_bc_phn", COMMON, 0.1, america::ca_bc_phn),
    check("ca_bn", COMMON, 0.1, america::ca_bn),
    check("ca_ohip", COMMON, 0.1, america::ca_ohip),
    check("ca_sin", COMMON, 0.1, america::ca_sin),
    check("casrn", COMMON, 0.1, common::casrn),
    check("ch_esr", COMMON, 0.1, europe_west::ch_esr),
    check("ch_ssn", COMMON, 0.01, europe_west::ch_ssn),
    check("ch_uid", COMMON, 0.1, europe_west::ch_uid),
    check("ch_vat", COMMON, 0.1, europe_west::ch_vat),
    check("cl_rut", COMMON, 0.1, america::cl_rut),
    check("cn_ric", COMMON, 0.01, asia::cn_ric),
    check("cn_uscc", COMMON, 0.01, asia::cn_uscc),
    check("co_nit", COMMON, 0.1, america::co_nit),
    check("cr_cpf", " ", 0.5, america::cr_cpf),
    check("cr_cpj", COMMON, 0.5, america::cr_cpj),
    check("cr_cr", COMMON, 0.5, america::cr_cr),
    check("cu_ni", COMMON, 0.1, america::cu_ni),
    check("cusip", " ", 0.1, common::cusip),
    check("cy_vat", COMMON, 0.1, europe_west::cy_vat),
    check("cz_bankaccount", " ", 0.1, europe_east::cz_bankaccount),
    check("cz_dic", COMMON, 0.1, europe_east::cz_dic),
    check("cz_ico", COMMON, 0.1, europe_east::cz_ico),
    check("cz_rc", COMMON, 0.01, europe_east::cz_rc),
    check("damm", COMMON, 0.1, common::damm),
    check("de_document", COMMON, 0.5, europe_west::de_document),
    check("de_idnr", COMMON, 0.1, europe_west::de_idnr),
    check("de_kvnr", COMMON, 0.1, europe_west::de_kvnr),
    check("de_lanr", COMMON, 0.1, europe_west::de_lanr),
    check("de_rvnr", COMMON, 0.1, europe_west::de_rvnr),
    check("de_stnr", COMMON, 0.5, europe_west::de_stnr),
    check("de_vat", COMMON, 0.1, europe_west::de_vat),
    check("de_wkn", COMMON, 0.5, europe_west::de_wkn),
    check("dk_cpr", COMMON, 0.1, europe_north::dk_cpr),
    check("dk_cvr", COMMON, 0.1, europe_north::dk_cvr),
    check("do_cedula", COMMON, 0.1, america::do_cedula),
    check("do_ncf", COMMON, 0.5, america::do_ncf),
    check("do_rnc", COMMON, 0.1, america::do_rnc),
    check("dz_nif", COMMON, 0.5, africa_oceania::dz_nif),
    check("ean", COMMON, 0.1, common::ean),
    check("ec_ci", COMMON, 0.1, america::ec_ci),
    check("ec_ruc", COMMON, 0.1, america::ec_ruc),
    check("ee_ik", COMMON, 0.01, europe_north::ee_ik),
    check("ee_kmkr", COMMON, 0.1, europe_north::ee_kmkr),
    check("ee_registrikood", COMMON, 0.1, europe_north::ee_registrikood),
    check("eg_nid", COMMON, 0.02, africa_oceania::eg_nid),
    check("eg_tn", COMMON, 0.5, africa_oceania::eg_tn),
    check("ehic", COMMON, 0.1, common::ehic),
    check("es_ccc", COMMON, 0.01, europe_west::es_ccc),
    check("es_cif", COMMON, 0.04, europe_west::es_cif),
    check("es_cups", " -", 0.04, europe_west::es_cups),
    check("es_dni", COMMON, 0.04, europe_west::es_dni),
    check("es_iban", COMMON, 0.01, europe_west::es_iban),
    check("es_nie", COMMON, 0.04, europe_west::es_nie),
    check("es_nif", COMMON, 0.04, europe_west::es_nif),
    check("es_nss", COMMON, 0.01, europe_west::es_nss),
    check("es_postal_code", COMMON, 0.5, europe_west::es_postal_code),
    check("es_referenciacatastral", COMMON, 0.1, europe_west::es_referenciacatastral),
    check("eu_ecnumber", COMMON, 0.1, common::eu_ecnumber),
    check("eu_eic", " ", 0.1, common::eu_eic),
    check("eu_vat", COMMON, 0.1, tax::eu_vat),
    check("fi_alv", COMMON, 0.1, europe_north::fi_alv),
    check("fi_hetu", " ", 0.01, europe_north::fi_hetu),
    check("figi", COMMON, 0.1, common::figi),
    check("fo_vn", COMMON, 0.5, europe_north::fo_vn),
    check("fr_nif", COMMON, 0.04, europe_west::fr_nif),
    check("fr_nir", COMMON, 0.01, europe_west::fr_nir),
    check("fr_siren", COMMON, 0.1, europe_west::fr_siren),
    check("fr_siret", COMMON, 0.1, europe_west::fr_siret),
    check("fr_tva", COMMON, 0.1, europe_west::fr_tva),
    check("gb_chi", COMMON, 0.04, europe_north::gb_chi),
    check("gb_driver", COMMON, 0.02, europe_north::gb_driver),
    check("gb_nhs", COMMON, 0.1, europe_north::gb_nhs),
    check("gb_nino", COMMON, 0.1, europe_north::gb_nino),
    check("gb_sedol", COMMON, 0.1, europe_north::gb_sedol),
    check("gb_upn", COMMON, 0.04, europe_north::gb_upn),
    check("gb_utr", COMMON, 0.1, europe_north::gb_utr),
    check("gb_vat", COMMON, 0.01, europe_north::gb_vat),
    check("gh_tin", COMMON, 0.1, africa_oceania::gh_tin),
    check("gn_nifp", COMMON, 0.1, africa_oceania::gn_nifp),
    check("gr_amka", COMMON, 0.04, europe_west::gr_amka),
    check("gr_vat", COMMON, 0.1, europe_west::gr_vat),
    check("gt_nit", COMMON, 0.1, america::gt_nit),
    check("hk_id", COMMON, 0.1, asia::hk_id),
    check("hr_oib", COMMON, 0.1, europe_east::hr_oib),
    check("hu_adoazonosito", COMMON, 0.1, europe_east::hu_adoazonosito),
    check("hu_anum", COMMON, 0.1, europe_east::hu_anum),
    check("hu_taj", COMMON, 0.1, europe_east::hu_taj),
    check("iban", COMMON, 0.0001, iban::iban),
    check("icao", COMMON, 0.1, europe_west::icao),
    check("iccid", COMMON, 0.1, common::iccid),
    check("id_nik", COMMON, 0.1, asia::id_nik),
    check("id_npwp", COMMON, 0.1, asia::id_npwp),
    check("ie_pps", COMMON, 0.04, europe_north::ie_pps),
    check("ie_vat", COMMON, 0.1, europe_north::ie_vat),
    check("il_hp", COMMON, 0.1, asia::il_hp),
    check("il_idnr", COMMON, 0.1, asia::il_idnr),
    check("imei", COMMON, 0.1, common::imei),
    check("imo", COMMON, 0.1, common::imo),
    check("imsi", COMMON, 0.5, common::imsi),
    check("in_aadhaar", COMMON, 0.1, asia::in_aadhaar),
    check("in_epic", COMMON, 0.1, asia::in_epic),
    check("in_gstin", COMMON, 0.01, asia::in_gstin),
    check("in_pan", COMMON, 0.1, asia::in_pan),
    check("in_vid", COMMON, 0.1, asia::in_vid),
    check("is_kennitala", COMMON, 0.01, europe_north::is_kennitala),
    check("isbn", COMMON, 0.1, common::isbn),
    check("isin", COMMON, 0.1, common::isin),
    check("ismn", COMMON, 0.1, common::ismn),
    check("isni", COMMON, 0.1, common::isni),
    check("iso11649", COMMON, 0.01, common::iso11649),
    check("iso6346", COMMON, 0.1, common::iso6346),
    check("isrc", COMMON, 0.5, common::isrc),
    check("issn", COMMON, 0.1, common::issn),
    check("it_codicefiscale", COMMON, 0.01, europe_west::it_codicefiscale),
    check("it_iva", COMMON, 0.1, europe_west::it_iva),
    check("jp_cn", COMMON, 0.1, asia::jp_cn),
    check("jp_in", COMMON, 0.1, asia::jp_in),
    check("ke_pin", COMMON, 0.1, africa_oceania::ke_pin),
    check("kr_brn", COMMON, 0.1, asia::kr_brn),
    check("kr_frn", COMMON, 0.01, asia::kr_frn),
    check("kr_rrn", COMMON, 0.01, asia::kr_rrn),
    check("lei", COMMON, 0.01, common::lei),
    check("li_peid", COMMON, 0.5, europe_west::li_peid),
    check("lt_asmens", COMMON, 0.01, europe_north::lt_asmens),
    check("lt_pvm", COMMON, 0.1, europe_north::lt_pvm),
    check("lu_matricule", COMMON, 0.01, europe_west::lu_matricule),
    check("lu_tva", COMMON, 0.01, europe_west::lu_tva),
    check("luhn", COMMON, 0.1, common::luhn),
    check("lv_pvn", COMMON, 0.1, europe_north::lv_pvn),
    check("ma_ice", COMMON, 0.01, africa_oceania::ma_ice),
    check("mac", " :-.", 0.5, common::mac),
    check("mc_tva", COMMON, 0.1, europe_west::mc_tva),
    check("md_idno", COMMON, 0.1, europe_east::md_idno),
    check("me_iban", COMMON, 0.01, europe_east::me_iban),
    check("me_pib", COMMON, 0.1, europe_east::me_pib),
    check("meid", COMMON, 0.5, common::meid),
    check("mk_edb", COMMON, 0.1, europe_east::mk_edb),
    check("mod_11_10", COMMON, 0.04, common::mod_11_10),
    check("mod_11_2", COMMON, 0.1, common::mod_11_2),
    check("mod_37_36", COMMON, 0.04, common::mod_37_36),
    check("mod_97_10", COMMON, 0.01, common::mod_97_10),
    check("mt_vat", COMMON, 0.1, europe_west::mt_vat),
    check("mu_nid", COMMON, 0.1, africa_oceania::mu_nid),
    check("mx_curp", COMMON, 0.01, america::mx_curp),
    check("mx_rfc", " -./_", 0.03, america::mx_rfc),
    check("my_nric", COMMON, 0.1, asia::my_nric),
    check("mz_nuit", COMMON, 0.1, africa_oceania::mz_nuit),
    check("ng_nin", COMMON, 0.1, africa_oceania::ng_nin),
    check("nl_bsn", COMMON, 0.1, europe_west::nl_bsn),
    check("nl_btw", COMMON, 0.01, europe_west::nl_btw),
    check("nl_document", COMMON, 0.5, europe_west::nl_document),
    check("nl_onderwijsnummer", COMMON, 0.1, europe_west::nl_onderwijsnummer),
    check("nl_postcode", COMMON, 0.5, europe_west::nl_postcode),
    check("no_fodselsnummer", COMMON, 0.01, europe_north::no_fodselsnummer),
    check("no_iban", COMMON, 0.01, europe_north::no_iban),
    check("no_kontonr", COMMON, 0.1, europe_north::no_kontonr),
    check("no_mva", COMMON, 0.1, europe_north::no_mva),
    check("no_orgnr", COMMON, 0.1, europe_north::no_orgnr),
    check("nz_ird", COMMON, 0.1, africa_oceania::nz_ird),
    check("nz_nhi", COMMON, 0.1, africa_oceania::nz_nhi),
    check("pe_cui", COMMON, 0.1, america::pe_cui),
    check("pe_ruc", COMMON, 0.1, america::pe_ruc),
    check("ph_tin", COMMON, 0.1, asia::ph_tin),
    check("pk_cnic", COMMON, 0.5, asia::pk_cnic),
    check("pl_dowod", COMMON, 0.1, europe_east::pl_dowod),
    check("pl_nip", COMMON, 0.1, europe_east::pl_nip),
    check("pl_pesel", COMMON, 0.01, europe_east::pl_pesel),
    check("pl_regon", COMMON, 0.1, europe_east::pl_regon),
    check("pt_cc", COMMON, 0.1, europe_west::pt_cc),
    check("pt_nib", COMMON, 0.01, europe_west::pt_nib),
    check("pt_nif", COMMON, 0.1, europe_west::pt_nif),
    check("pt_niss", COMMON, 0.1, europe_west::pt_niss),
    check("py_ruc", COMMON, 0.1, america::py_ruc),
    check("ro_cf", COMMON, 0.1, europe_east::ro_cf),
    check("ro_cnp", COMMON, 0.01, europe_east::ro_cnp),
    check("ro_cui", COMMON, 0.1, europe_east::ro_cui),
    check("rs_pib", COMMON, 0.1, europe_east::rs_pib),
    check("ru_inn", COMMON, 0.01, europe_east::ru_inn),
    check("ru_ogrn", COMMON, 0.1, europe_east::ru_ogrn),
    check("ru_snils", COMMON, 0.1, europe_east::ru_snils),
    check("s10", COMMON, 0.1, common::s10),
    check("sa_id", COMMON, 0.1, asia::sa_id),
    check("se_orgnr", COMMON, 0.1, europe_north::se_orgnr),
    check("se_personnummer", " ", 0.04, europe_north::se_personnummer),
    check("se_postnummer", COMMON, 0.5, europe_north::se_postnummer),
    check("se_vat", COMMON, 0.1, europe_north::se_vat),
    check("sepa_creditor", COMMON, 0.01, common::sepa_creditor),
    check("sg_nric", COMMON, 0.04, asia::sg_nric),
    check("sg_uen", COMMON, 0.1, asia::sg_uen),
    check("si_ddv", COMMON, 0.1, europe_east::si_ddv),
    check("si_emso", COMMON, 0.01, europe_east::si_emso),
    check("si_maticna", COMMON, 0.1, europe_east::si_maticna),
    check("sk_dph", COMMON, 0.1, europe_east::sk_dph),
    check("sm_coe", COMMON, 0.5, europe_west::sm_coe),
    check("sn_ninea", COMMON, 0.1, africa_oceania::sn_ninea),
    check("sv_nit", COMMON, 0.1, america::sv_nit),
    check("th_moa", COMMON, 0.1, asia::th_moa),
    check("th_pin", COMMON, 0.1, asia::th_pin),
    check("th_tin", COMMON, 0.1, asia::th_tin),
    check("tn_mf", COMMON, 0.5, africa_oceania::tn_mf),
    check("tr_tckimlik", COMMON, 0.01, europe_east::tr_tckimlik),
    check("tr_vkn", COMMON, 0.1, europe_east::tr_vkn),
    check("tw_id", COMMON, 0.1, asia::tw_id),
    check("tw_ubn", COMMON, 0.1, asia::tw_ubn),
    check("ua_edrpou", COMMON, 0.1, europe_east::ua_edrpou),
    check("ua_rntrc", COMMON, 0.1, europe_east::ua_rntrc),
    check("ups", COMMON, 0.1, common::ups),
    exact("us_atin", "", 0.5, america::us_atin),
    check("us_dea", COMMON, 0.1, america::us_dea),
    exact("us_ein", "", 0.5, america::us_ein),
    exact("us_itin", "", 0.1, america::us_itin),
    check("us_mbi", COMMON, 0.02, america::us_mbi),
    check("us_npi", COMMON, 0.1, america::us_npi),
    check("us_ptin", COMMON, 0.5, america::us_ptin),
    check("us_rtn", COMMON, 0.1, america::us_rtn),
    exact("us_ssn", "", 0.5, america::us_ssn),
    check("uy_ci", COMMON, 0.1, america::uy_ci),
    check("uy_rut", COMMON, 0.1, america::uy_rut),
    check("vatin", COMMON, 0.1, tax::vatin),
    check("ve_rif", COMMON, 0.1, america::ve_rif),
    check("verhoeff", COMMON, 0.1, common::verhoeff),
    check("vin", COMMON, 0.05, common::vin),
    check("vn_cccd", COMMON, 0.1, asia::vn_cccd),
    check("vn_mst", COMMON, 0.1, asia::vn_mst),
    check("za_idnr", COMMON, 0.01, africa_oceania::za_idnr),
    check("za_tin", COMMON, 0.1, africa_oceania::za_tin),
];

mod africa_oceania;
mod america;
mod asia;
mod common;
mod europe_east;
mod europe_north;
mod europe_west;
mod iban;
mod parts;
mod tax;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Texts of the lengths and alphabets of numbers, and any bytes.
    fn texts() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            3 => "[0-9]{0,32}".prop_map(String::into_bytes),
            3 => "[A-Z]{0,5}[0-9]{0,22}[A-Z]{0,3}".prop_map(String::into_bytes),
            2 => "[0-9A-Z /.+:-]{0,40}".prop_map(String::into_bytes),
            1 => "[0-9A-Za-z]{0,90}".prop_map(String::into_bytes),
            1 => "\\PC{0,30}".prop_map(String::into_bytes),
            1 => prop::collection::vec(any::<u8>(), 0..40),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]
        #[test]
        fn no_check_panics(text in texts()) {
            for validator in VALIDATORS {
                validator.is_valid(&text);
                // The check itself sees what is left without separators, in whatever length.
                (validator.check)(&text);
            }
        }
    }

    #[test]
    fn examples_cut_and_changed_anywhere_do_not_panic() {
        for detector in super::super::Catalogue::builtin().detectors() {
            for example in detector.matches.iter().chain(&detector.no_matches) {
                for validator in VALIDATORS {
                    for length in 0..=example.len().min(64) {
                        (validator.check)(&example.as_bytes()[..length]);
                    }
                }
            }
        }
    }

    #[test]
    fn names_are_in_order_and_chances_are_chances() {
        assert!(VALIDATORS.is_sorted_by_key(|validator| validator.name));
        assert!(VALIDATORS.iter().all(|validator| validator.chance > 0.0 && validator.chance < 1.0));
    }
}
