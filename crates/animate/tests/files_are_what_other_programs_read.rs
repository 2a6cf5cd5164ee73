//! The three export formats, and WAV files in.

mod common;

use std::io::Cursor;

use common::{UTTERANCE, animate, speak};
use visavis_animate::export::{ArkitCsvWriter, CsvWriter, JsonlWriter};
use visavis_animate::wav::{self, WavError};
use visavis_animate::{ARKIT, Fps, Frame, Options};

fn frames() -> Vec<Frame> {
    animate(
        &speak(&UTTERANCE, 16_000),
        16_000,
        &Options {
            fps: Fps::F30,
            ..Options::default()
        },
    )
}

#[test]
fn json_has_one_object_per_frame() {
    let frames = frames();
    let mut writer = JsonlWriter::new(Vec::new());
    frames.iter().for_each(|frame| writer.write(frame).unwrap());
    let text = String::from_utf8(writer.finish().unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), frames.len());
    assert!(
        lines[0].starts_with(r#"{"time":0.000000,"viseme":"sil","blendshapes":{"eyeBlinkLeft":0."#),
        "{}",
        lines[0]
    );
    assert!(lines[1].starts_with(r#"{"time":0.033333,"#), "{}", lines[1]);
    for line in lines {
        assert_eq!(line.matches('{').count(), line.matches('}').count());
        assert_eq!(line.matches(':').count(), 4 + 52 + 6);
        assert!(
            ARKIT
                .iter()
                .all(|name| line.contains(&format!("\"{name}\":")))
        );
        assert!(line.contains(r#""head":{"pitch":"#) && line.ends_with("}}"));
    }
}

#[test]
fn csv_is_flat() {
    let frames = frames();
    let mut writer = CsvWriter::new(Vec::new()).unwrap();
    frames.iter().for_each(|frame| writer.write(frame).unwrap());
    let text = String::from_utf8(writer.finish().unwrap()).unwrap();
    assert!(text.starts_with("time,viseme,eyeBlinkLeft,"));
    assert_eq!(text.lines().count(), frames.len() + 1);
    assert!(
        text.lines()
            .all(|line| line.split(',').count() == 2 + 52 + 6)
    );
}

#[test]
fn arkit_csv_is_what_the_live_link_face_app_exports() {
    const HEADER: &str = "Timecode,BlendShapeCount,EyeBlinkLeft,EyeLookDownLeft,EyeLookInLeft,EyeLookOutLeft,EyeLookUpLeft,\
        EyeSquintLeft,EyeWideLeft,EyeBlinkRight,EyeLookDownRight,EyeLookInRight,EyeLookOutRight,EyeLookUpRight,EyeSquintRight,\
        EyeWideRight,JawForward,JawRight,JawLeft,JawOpen,MouthClose,MouthFunnel,MouthPucker,MouthRight,MouthLeft,MouthSmileLeft,\
        MouthSmileRight,MouthFrownLeft,MouthFrownRight,MouthDimpleLeft,MouthDimpleRight,MouthStretchLeft,MouthStretchRight,\
        MouthRollLower,MouthRollUpper,MouthShrugLower,MouthShrugUpper,MouthPressLeft,MouthPressRight,MouthLowerDownLeft,\
        MouthLowerDownRight,MouthUpperUpLeft,MouthUpperUpRight,BrowDownLeft,BrowDownRight,BrowInnerUp,BrowOuterUpLeft,\
        BrowOuterUpRight,CheekPuff,CheekSquintLeft,CheekSquintRight,NoseSneerLeft,NoseSneerRight,TongueOut,HeadYaw,HeadPitch,\
        HeadRoll,LeftEyeYaw,LeftEyePitch,LeftEyeRoll,RightEyeYaw,RightEyePitch,RightEyeRoll";
    let frames = frames();
    let mut writer = ArkitCsvWriter::new(Vec::new(), Fps::F30).unwrap();
    frames.iter().for_each(|frame| writer.write(frame).unwrap());
    let text = String::from_utf8(writer.finish().unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], HEADER);
    assert!(lines[1].starts_with("00:00:00:00.000,61,"));
    assert!(
        lines[1 + 31].starts_with("00:00:01:01.000,61,"),
        "{}",
        lines[32]
    );
    assert!(lines.iter().all(|line| line.split(',').count() == 63));
    let jaw: f32 = lines[1 + 15]
        .split(',')
        .nth(2 + 17)
        .unwrap()
        .parse()
        .unwrap();
    assert!((jaw - common::weight(&frames[15], "jawOpen")).abs() < 1e-6);
}

/// A face that moves by less than any format shows, to the negative side of zero.
fn barely_negative() -> Frame {
    let mut frame = frames().swap_remove(0);
    frame.blendshapes = [-0.0; 52];
    frame.head.rotation = [-0.0, -1e-9, -4e-9];
    frame.head.translation = [-0.0, -1e-9, -4e-9];
    frame.left_eye = [-0.0, -1e-9];
    frame.right_eye = [-1e-9, -0.0];
    frame
}

#[test]
fn zero_has_no_sign_in_any_format() {
    let frame = barely_negative();
    let mut jsonl = JsonlWriter::new(Vec::new());
    jsonl.write(&frame).unwrap();
    let mut csv = CsvWriter::new(Vec::new()).unwrap();
    csv.write(&frame).unwrap();
    let mut arkit = ArkitCsvWriter::new(Vec::new(), Fps::F30).unwrap();
    arkit.write(&frame).unwrap();
    for file in [jsonl.finish(), csv.finish(), arkit.finish()] {
        let text = String::from_utf8(file.unwrap()).unwrap();
        assert!(!text.contains("-0.0"), "{text}");
    }
}

fn wav(
    spec: hound::WavSpec,
    write: impl Fn(&mut hound::WavWriter<&mut Cursor<Vec<u8>>>),
) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut file, spec).expect("the format is writable");
    write(&mut writer);
    writer.finalize().expect("memory is writable");
    file.into_inner()
}

#[test]
fn wav_of_every_usual_kind_is_read() {
    for (bits_per_sample, full) in [(8, 1 << 7), (16, 1 << 15), (24, 1 << 23), (32, 1i64 << 31)] {
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: 44_100,
            bits_per_sample,
            sample_format: hound::SampleFormat::Int,
        };
        let file = wav(spec, |writer| {
            for sample in [full / 2, full / 4, -full / 2, 0] {
                writer.write_sample(sample as i32).unwrap();
            }
        });
        let (rate, samples) = wav::read(&file[..]).unwrap();
        assert_eq!(
            (rate, samples),
            (44_100, vec![12_288, -8192]),
            "{bits_per_sample} bits"
        );
    }
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8000,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let file = wav(spec, |writer| {
        [0.5f32, -2.0, f32::NAN]
            .into_iter()
            .for_each(|s| writer.write_sample(s).unwrap())
    });
    assert_eq!(
        wav::read(&file[..]).unwrap(),
        (8000, vec![16_384, i16::MIN, 0])
    );
}

#[test]
fn what_is_no_wav_is_told_why() {
    assert!(matches!(
        wav::read(&b"OggS, surely"[..]),
        Err(WavError::Format(_))
    ));
    assert!(matches!(wav::read(&b""[..]), Err(WavError::Io(_))));
    let spec = hound::WavSpec {
        channels: 17,
        sample_rate: 8000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let file = wav(spec, |_| ());
    assert!(matches!(wav::read(&file[..]), Err(WavError::Channels(17))));
    let spec = hound::WavSpec {
        channels: 1,
        ..spec
    };
    let file = wav(spec, |writer| {
        (0..100).for_each(|n| writer.write_sample(n).unwrap())
    });
    for length in 0..file.len() {
        assert!(wav::read(&file[..length]).is_err(), "cut at {length}");
    }
}

/// A WAV header that no writer would make, and a few samples of zeros.
fn odd_wav(format: u16, bits_per_sample: u16) -> Vec<u8> {
    let (channels, rate) = (1u16, 8000u32);
    let block = bits_per_sample.div_ceil(8) * channels;
    let data = vec![0u8; usize::from(block) * 4];
    let mut file = b"RIFF".to_vec();
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0");
    file.extend(format.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(block)).to_le_bytes());
    file.extend(block.to_le_bytes());
    file.extend(bits_per_sample.to_le_bytes());
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

#[test]
fn samples_of_unusual_width_are_refused() {
    const PCM: u16 = 1;
    const FLOAT: u16 = 3;
    for bits in [8, 16, 24, 32] {
        assert_eq!(wav::read(&odd_wav(PCM, bits)[..]).unwrap().1.len(), 4);
    }
    assert_eq!(wav::read(&odd_wav(FLOAT, 32)[..]).unwrap().1.len(), 4);
    for bits in [16, 64] {
        assert!(wav::read(&odd_wav(FLOAT, bits)[..]).is_err());
    }
    for bits in [40, 64, 65_528] {
        let mut file = odd_wav(PCM, bits);
        for what in ["with samples", "without"] {
            let result = wav::read(&file[..]);
            assert!(
                matches!(result, Err(WavError::Encoding)),
                "{bits} bits, {what}: {result:?}"
            );
            file.truncate(44);
            file[40..].fill(0);
        }
    }
}
