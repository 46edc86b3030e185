//! Compiles the protos of the service to Rust and to a descriptor set for reflection; needs no protoc.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use prost::Message;

const FOLDER: &str = "loyalty/ledger/v1";

fn main() -> Result<(), Box<dyn Error>> {
    let protos = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../proto");
    println!("cargo::rerun-if-changed={}", protos.join(FOLDER).display());
    let mut files: Vec<String> = Vec::new();
    for file in fs::read_dir(protos.join(FOLDER))? {
        let name = file?.file_name().into_string();
        let name = name.map_err(|name| format!("{name:?} is no text"))?;
        if name.ends_with(".proto") {
            files.push(format!("{FOLDER}/{name}"));
        }
    }
    files.sort();
    let descriptors = protox::compile(files, [protos])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(
        out.join("loyalty_ledger_v1.binpb"),
        descriptors.encode_to_vec(),
    )?;
    tonic_prost_build::configure()
        .bytes(".loyalty.ledger.v1.PostTableRequest.arrow_ipc")
        .bytes(".loyalty.ledger.v1.PostTableResponse.arrow_ipc")
        .compile_fds(descriptors)?;
    Ok(())
}
