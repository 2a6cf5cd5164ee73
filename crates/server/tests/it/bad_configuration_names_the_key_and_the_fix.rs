use std::fs;
use std::process::Command;

/// What `visavis serve --check` says of a file and of variables.
fn check(file: &str, variables: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("visavis.toml");
    fs::write(&path, file).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_visavis"))
        .args(["serve", "--check", "--config"])
        .arg(&path)
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    text.replace(&path.display().to_string(), "FILE")
        .trim_end()
        .to_owned()
}

const TOKEN: &str = "admin_token = \"0123456789abcdef\"\n";

#[test]
fn a_good_file_is_good() {
    assert_eq!(
        check(TOKEN, &[]),
        "FILE: good; would listen on 127.0.0.1:7400"
    );
    let listen = [
        ("VISAVIS_LISTEN", "127.0.0.1:9"),
        ("VISAVIS_CONFIG", "x"),
        ("VISAVIS_LOG", "debug"),
    ];
    assert_eq!(
        check(TOKEN, &listen),
        "FILE: good; would listen on 127.0.0.1:9"
    );
    assert_eq!(
        check("", &[("VISAVIS_ADMIN_TOKEN", "0123456789abcdef")]),
        "FILE: good; would listen on 127.0.0.1:7400"
    );
}

#[test]
fn bad_configuration_names_the_key_and_the_fix() {
    for (file, variables, key, hint) in [
        (
            "",
            &[] as &[(&str, &str)],
            "key admin_token: missing",
            "openssl rand -hex 24",
        ),
        (
            "admin_token = \"short\"",
            &[],
            "key admin_token: shorter than 16",
            "openssl rand -hex 24",
        ),
        (
            "[sessions]\nidle_timeout = 5",
            &[],
            "key sessions.idle_timeout: not known",
            "idle_timeout_s",
        ),
        (
            "[sessions]\nidle_timeout_s = \"long\"",
            &[],
            "FILE: key sessions.idle_timeout_s",
            "u64",
        ),
        (
            "",
            &[("VISAVIS_SESSIONS__IDLE_TIMEOUT_S", "long")],
            "environment variables: key sessions.idle",
            "u64",
        ),
        (
            "[sessions]\nidle_timeout_s = 0",
            &[],
            "key sessions.idle_timeout_s: 0 is not possible",
            "at least 1",
        ),
        (
            "public_url = \"avatars.example\"",
            &[],
            "key public_url",
            "https://",
        ),
        (
            "[log]\nfilter = \"visavis==x\"",
            &[],
            "key log.filter",
            "is no filter",
        ),
        (
            "listen = \"everywhere\"",
            &[],
            "key listen",
            "socket address",
        ),
        ("listen = ", &[], "FILE", "line 2"),
    ] {
        let said = check(
            &format!(
                "{}{file}",
                if file.contains("admin_token") || hint.contains("openssl") {
                    ""
                } else {
                    TOKEN
                }
            ),
            variables,
        );
        assert!(said.contains(key) && said.contains(hint), "{file}: {said}");
        assert!(!said.contains("0123456789abcdef"), "{said}");
    }
}
