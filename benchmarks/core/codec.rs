//! The entry codec: one accrual as bulk imports make them, to bytes and back.

#[path = "../../core/tests/entries/mod.rs"]
mod entries;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use entries::{RECORDED, hot_accrual};
use loyalty_ledger::engine::codec::{decode, encode};

fn accrual(criterion: &mut Criterion) {
    let entry = hot_accrual();
    let mut bytes = Vec::with_capacity(256);
    encode(&entry, RECORDED, &mut bytes);
    let mut group = criterion.benchmark_group("codec");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("encode an accrual", |bencher| {
        bencher.iter(|| {
            bytes.clear();
            encode(black_box(&entry), black_box(RECORDED), &mut bytes);
        });
    });
    group.bench_function("decode an accrual", |bencher| {
        bencher.iter(|| {
            decode(entry.sequence, RECORDED, black_box(&bytes)).expect("what was written is read")
        });
    });
    group.finish();
}

criterion_group!(benches, accrual);
criterion_main!(benches);
