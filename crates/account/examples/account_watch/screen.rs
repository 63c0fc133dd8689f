use crate::{args::Args, target::Target};
pub(crate) async fn run(
    _: &Args,
    _: &Target,
) -> Result<std::process::ExitCode, Box<dyn std::error::Error>> {
    todo!()
}
