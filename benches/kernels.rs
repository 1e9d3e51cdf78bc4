//! Kernels: what one value costs. `cargo bench --bench kernels` prints elements per second; ns per value is 10^9 over it.
#![allow(missing_docs, reason = "criterion's macros write items")]

#[path = "kernels/operators.rs"]
mod operators;

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use scrub::base::ff1_bits::Ff1Bits;
use scrub::base::{DomainKeys, Equality, Key, Messages, canonical};

fn keys() -> DomainKeys {
    Key::from_bytes([7; 32]).expect("not all zeros").project("bench/dev").domain("bench")
}

/// CMAC tags of messages of one, two and four cipher blocks, by how many are asked for at once.
fn tags(criterion: &mut Criterion) {
    let prf = keys().prf("tag", "bench");
    let mut group = criterion.benchmark_group("cmac");
    for length in [16, 24, 64] {
        for batch in [1, 8, 64, 1024] {
            let mut messages = Messages::default();
            for number in 0..batch {
                messages.push_with(|buffer| buffer.resize(buffer.len() + length, number as u8));
            }
            let mut out = Vec::new();
            group.throughput(Throughput::Elements(batch));
            group.bench_function(BenchmarkId::new(format!("{length}_bytes"), batch), |bencher| {
                bencher.iter(|| prf.tags(black_box(&messages), &mut out));
            });
        }
    }
    let mut messages = Messages::default();
    for number in 0..1024 {
        messages.push_with(|buffer| buffer.resize(buffer.len() + (number * 7) % 50, 1));
    }
    let mut out = Vec::new();
    group.throughput(Throughput::Elements(1024));
    group.bench_function("mixed_0_to_49_bytes/1024", |bencher| {
        bencher.iter(|| prf.tags(black_box(&messages), &mut out));
    });
    group.bench_function("alone_24_bytes", |bencher| {
        bencher.iter(|| {
            for _ in 0..1024 {
                black_box(prf.tag(black_box(&[3; 24])));
            }
        });
    });
    group.finish();
}

/// FF1 without walking, by the length of the string and how many at once.
fn ff1(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ff1");
    for bits in [20, 30, 63, 122] {
        let ff1 = Ff1Bits::new(&[7; 32], bits).expect("20 to 128 bits");
        for batch in [1, 8, 64, 1024] {
            let mut values: Vec<u128> = (0..batch).collect();
            group.throughput(Throughput::Elements(batch as u64));
            group.bench_function(BenchmarkId::new(format!("{bits}_bits"), batch), |bencher| {
                bencher.iter(|| ff1.encrypt(black_box(&mut values)));
            });
        }
    }
    group.finish();
}

/// Permutations as operators use them: tables, and FF1 with the walk back into range.
fn permutations(criterion: &mut Criterion) {
    let keys = keys();
    let mut group = criterion.benchmark_group("permutation");
    for size in [127, 32_640, 999_999, 1 << 20, 700_000_000, 1 << 30, (1 << 53) - (1 << 31)] {
        let permutation = keys.permutation("perm", "bench", u128::from(size - 1u64));
        for batch in [64, 1024] {
            let values: Vec<u64> = (0..batch).map(|number| number * 0x9e37_79b9 % size).collect();
            group.throughput(Throughput::Elements(batch));
            group.bench_function(BenchmarkId::new(format!("{size}"), batch), |bencher| {
                bencher.iter_batched_ref(
                    || values.clone(),
                    |values| permutation.apply_u64(values),
                    BatchSize::SmallInput,
                );
            });
        }
    }
    for size in [32_640u64, 999_999] {
        group.throughput(Throughput::Elements(size));
        group.bench_function(BenchmarkId::new("make_table", size), |bencher| {
            bencher.iter_batched(
                || Key::from_bytes([9; 32]).expect("not all zeros").project("bench/dev").domain("bench"),
                |keys| keys.permutation("perm", "bench", u128::from(size - 1)).apply_u64(&mut [1]),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// Canonical forms, with and without work to do.
fn canonical_forms(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("canonical");
    group.throughput(Throughput::Elements(1));
    for value in ["jane.doe@example.com", "Jane.Doe@Example.COM", "josé.müller@example.com"] {
        group.bench_function(BenchmarkId::new("email_ci", value), |bencher| {
            bencher.iter(|| canonical::email(black_box(value), Equality::CaseInsensitive));
        });
    }
    for value in ["jane", "Jane", "José"] {
        group.bench_function(BenchmarkId::new("text_ci_ai", value), |bencher| {
            bencher.iter(|| canonical::text(black_box(value), Equality::CaseAccentInsensitive));
        });
    }
    group.bench_function("integer", |bencher| bencher.iter(|| canonical::integer(black_box(b"1234567"))));
    group.finish();
}

criterion_group! {
    name = primitives;
    config = Criterion::default()
        .measurement_time(Duration::from_millis(500))
        .warm_up_time(Duration::from_millis(200))
        .sample_size(20);
    targets = tags, ff1, permutations, canonical_forms, operators::operators
}
criterion_main!(primitives);
