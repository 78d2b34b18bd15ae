use super::*;
use crate::report::samples;
#[test]
fn show() {
    let report = samples::report(vec![samples::moved_field(), samples::grown_constant()], vec![samples::gap(true), samples::gap(false)]);
    for options in [Options::default(), Options{quiet:true, ..Options::default()}, Options{verbose:true, all:true, ..Options::default()}, Options{color:true, ..Options::default()}] {
    eprintln!("{}\n------", render(&report, &options));
    }
}
