//! A real Patchwork, where one is named in the environment: `UAPI_CHECK_TEST_PW_URL`, `_TOKEN`, `_PROJECT`, and
//! `_INJECT`, a shell command that is fed one mail on standard input.

use super::conform::{Server, conforms};
use std::io::Write;
use std::process::{Command, Stdio};

#[tokio::test]
async fn a_real_patchwork_is_one() {
    let variable = |name: &str| std::env::var(format!("UAPI_CHECK_TEST_PW_{name}")).ok();
    let (Some(url), Some(token), Some(project), Some(command)) = (
        variable("URL"),
        variable("TOKEN"),
        variable("PROJECT"),
        variable("INJECT"),
    ) else {
        println!("skipped: UAPI_CHECK_TEST_PW_URL, _TOKEN, _PROJECT and _INJECT name no Patchwork");
        return;
    };
    let server = Server {
        url,
        token,
        project,
        inject: Box::new(|mail| inject(&command, mail)),
    };
    conforms(&server).await;
}

fn inject(command: &str, mail: &[u8]) {
    let mut child = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::piped())
        .spawn()
        .expect("the command of UAPI_CHECK_TEST_PW_INJECT starts");
    let mut input = child.stdin.take().expect("its standard input");
    input.write_all(mail).expect("it reads the mail");
    drop(input);
    assert!(child.wait().expect("it ends").success(), "{command}");
}
