//! The record of a run: what went in and came out, under which policy and key, and what each column became.
//!
//! No values. Digests of inputs and outputs are keyed (HMAC-SHA-256 under a key derived for this purpose), so that a
//! manifest does not let anybody test guesses about a file; without a key in the run they are plain SHA-256.

use std::io::{Read, Result, Write};
use std::sync::{Arc, Mutex, PoisonError};

use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::base::ProjectKey;
use crate::plan::{ColumnPlan, Plan, Policy, Severity};

use super::summary::Summary;

/// The record, ready to be written as JSON.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct Manifest {
    /// Version of this layout.
    pub manifest: u32,
    /// Tool and version.
    pub tool: String,
    /// The construction of pseudonyms.
    pub construction: &'static str,
    /// Project that keys are derived for.
    pub project: String,
    /// Id of the key, if one was used.
    pub key_id: Option<String>,
    /// SHA-256 of the policy file.
    pub policy_sha256: String,
    /// Presets that the plan was checked against.
    pub presets: Vec<PresetRecord>,
    /// Start of the run, RFC 3339; the caller's clock.
    pub started: String,
    /// Duration in seconds.
    pub seconds: f64,
    /// Where the output goes, in the caller's words.
    pub destination: Option<String>,
    /// When it is to be deleted, in the caller's words.
    pub expires: Option<String>,
    /// Inputs.
    pub inputs: Vec<Stream>,
    /// Outputs.
    pub outputs: Vec<Stream>,
    /// Tables that rows came for.
    pub tables: Vec<TableRecord>,
    /// Statements left out, by class.
    pub dropped: std::collections::BTreeMap<&'static str, u64>,
    /// Ids of the plan's warnings, and why they were accepted.
    pub warnings: Vec<WarningRecord>,
}

/// A preset that was in force.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct PresetRecord {
    /// Name.
    pub name: String,
    /// SHA-256 of its file.
    pub sha256: String,
}

/// One input or output.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Stream {
    /// Name as given; `-` for standard input or output.
    pub name: String,
    /// Bytes.
    pub bytes: u64,
    /// `hmac-sha256:...` or `sha256:...`.
    pub digest: String,
}

/// What became of a table.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct TableRecord {
    /// Name.
    pub name: String,
    /// Rows read.
    pub rows: u64,
    /// Whether they were left out.
    pub dropped: bool,
    /// Every column of the table.
    pub columns: Vec<ColumnRecord>,
}

/// What became of a column.
#[derive(Debug, Default, Serialize)]
#[non_exhaustive]
pub struct ColumnRecord {
    /// Name.
    pub name: String,
    /// Operator.
    pub operator: &'static str,
    /// Key domain, for keyed operators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// What the key is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec: Option<String>,
    /// Uniqueness verdict, for keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<String>,
    /// NULLs.
    pub nulls: u64,
    /// Cells with a new value.
    pub masked: u64,
    /// Of those, cells outside the operator's domain.
    pub invalid: u64,
}

/// A warning that was in force.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct WarningRecord {
    /// Stable id.
    pub id: String,
    /// Why the policy accepts it.
    pub acknowledged: Option<String>,
}

impl Manifest {
    /// The record of a run under `plan`; times, streams and destination are the caller's to fill in.
    pub fn new(policy: &Policy, plan: &Plan, keys: Option<&ProjectKey>, summary: &Summary) -> Self {
        let tables = summary
            .tables
            .iter()
            .map(|table| TableRecord {
                name: table.name.clone(),
                rows: table.rows,
                dropped: table.dropped,
                columns: columns(plan, table),
            })
            .collect();
        let warnings = plan.problems.iter().filter(|problem| problem.severity != Severity::Info);
        Self {
            manifest: 1,
            tool: concat!("scrub ", env!("CARGO_PKG_VERSION")).to_owned(),
            construction: "v1",
            project: policy.project().to_owned(),
            key_id: keys.map(ProjectKey::id),
            policy_sha256: policy.digest().to_owned(),
            presets: policy
                .presets()
                .iter()
                .map(|preset| PresetRecord {
                    name: preset.name().to_owned(),
                    sha256: preset.digest().to_owned(),
                })
                .collect(),
            started: String::new(),
            seconds: 0.0,
            destination: None,
            expires: None,
            inputs: Vec::new(),
            outputs: Vec::new(),
            tables,
            dropped: summary.dropped.clone(),
            warnings: warnings
                .map(|problem| WarningRecord {
                    id: problem.id.clone(),
                    acknowledged: problem.acknowledged.clone(),
                })
                .collect(),
        }
    }
}

fn columns(plan: &Plan, table: &super::summary::TableSummary) -> Vec<ColumnRecord> {
    let Some(planned) = plan.tables.values().find(|planned| planned.name.to_string() == table.name) else {
        return Vec::new();
    };
    let record = |column: &ColumnPlan| {
        let name = column.name.clone();
        let Some(mask) = column.mask() else {
            return ColumnRecord { name, operator: "keep", ..ColumnRecord::default() };
        };
        let counted = table.columns.iter().find(|counted| counted.name == column.name);
        let keyed = !mask.prepared.spec.is_empty();
        ColumnRecord {
            name,
            operator: mask.operator.name,
            domain: keyed.then(|| mask.domain.clone()),
            spec: keyed.then(|| mask.prepared.spec.clone()),
            verdict: mask.verdict.as_ref().map(ToString::to_string),
            nulls: counted.map_or(0, |counted| counted.nulls),
            masked: counted.map_or(0, |counted| counted.masked),
            invalid: counted.map_or(0, |counted| counted.invalid),
        }
    };
    planned.columns.iter().map(record).collect()
}

/// A reader or writer that counts and digests what passes through it.
pub struct Digesting<T> {
    inner: T,
    state: Arc<Mutex<State>>,
}

/// Takes the count and digest once the stream is done.
#[derive(Clone)]
pub struct Digested(Arc<Mutex<State>>);

struct State {
    bytes: u64,
    hash: Hash,
}

enum Hash {
    Keyed(Box<Hmac<Sha256>>),
    Plain(Box<Sha256>),
}

impl<T> Digesting<T> {
    /// Wraps `inner`.
    pub fn new(inner: T, keys: Option<&ProjectKey>) -> (Self, Digested) {
        let hash = keys.map_or_else(
            || Hash::Plain(Box::default()),
            |keys| {
                let key = keys.domain("scrub/manifest").prf("manifest", "hmac-sha256").tag(b"stream");
                Hash::Keyed(Box::new(Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::from(padded(key)))))
            },
        );
        let state = Arc::new(Mutex::new(State { bytes: 0, hash }));
        (Self { inner, state: Arc::clone(&state) }, Digested(state))
    }

    fn update(&self, bytes: &[u8]) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.bytes += bytes.len() as u64;
        match &mut state.hash {
            Hash::Keyed(mac) => mac.update(bytes),
            Hash::Plain(hash) => Digest::update(hash.as_mut(), bytes),
        }
    }
}

/// HMAC pads a short key with zeros; this is that, at the block size of SHA-256.
fn padded(key: [u8; 16]) -> [u8; 64] {
    let mut block = [0; 64];
    block[..16].copy_from_slice(&key);
    block
}

impl Digested {
    /// Count and digest so far.
    pub fn stream(&self, name: impl Into<String>) -> Stream {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let hex = data_encoding::HEXLOWER;
        let digest = match &state.hash {
            Hash::Keyed(mac) => format!("hmac-sha256:{}", hex.encode(&mac.clone().finalize().into_bytes())),
            Hash::Plain(hash) => format!("sha256:{}", hex.encode(&hash.clone().finalize())),
        };
        Stream { name: name.into(), bytes: state.bytes, digest }
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.inner.read(buffer)?;
        self.update(&buffer[..count]);
        Ok(count)
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, buffer: &[u8]) -> Result<usize> {
        let count = self.inner.write(buffer)?;
        self.update(&buffer[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> Result<()> {
        self.inner.flush()
    }
}
