//! The messages of `crates/wire` from the protobuf text.

use std::fs;

use super::Files;
use crate::root;

const SOURCE: &str = "proto/driveningress.proto";
const TARGET: &str = "crates/wire/src/proto/driveningress_v2.rs";
/// Messages with credentials or speech in them: `crates/wire` writes their `Debug` by hand.
const WITHOUT_DEBUG: [&str; 3] = [
    "LiveKitEgressConfig",
    "AgoraEgressConfig",
    "ClientAudioInput",
];

pub(super) fn generate() -> Result<Files, String> {
    let descriptors = protox::compile([root().join(SOURCE)], [root().join("proto")])
        .map_err(|error| format!("{SOURCE}: {error}"))?;
    let out = std::env::temp_dir().join(format!("visavis-codegen-{}", std::process::id()));
    fs::create_dir_all(&out).map_err(|error| error.to_string())?;
    let text = prost_build::Config::new()
        .bytes(["."])
        .btree_map(["."])
        .skip_debug(WITHOUT_DEBUG)
        .out_dir(&out)
        .compile_fds(descriptors)
        .and_then(|()| fs::read_to_string(out.join("driveningress.v2.rs")))
        .map_err(|error| format!("{SOURCE}: {error}"));
    let _ = fs::remove_dir_all(&out);
    Ok(Files::from([(TARGET.into(), text?)]))
}
