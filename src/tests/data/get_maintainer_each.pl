# Asks scripts/get_maintainer.pl many questions: `perl this QUESTIONS SCRIPT OPTIONS...`.
#
# The script reads MAINTAINERS and .mailmap once; then, where it would look at its arguments, a process
# is split off for each line of QUESTIONS, has that line as its argument, and runs the rest of the script
# as it stands. Before each answer comes a line with \x01 and the number of the question.
use strict;
use warnings;

my ($questions, $script, @options) = @ARGV;
open(my $in, '<', $script) or die "$script: $!\n";
my $text = do { local $/; <$in> };
close($in);

my $split = <<'END';
{
    open(my $in, '<', $main::questions_of_run) or die "$main::questions_of_run: $!\n";
    chomp(my @all = <$in>);
    close($in);
    chomp(my $most = `nproc` || 2);
    my $number = 0;
    my %running;
    my $question;
    while ($number <= $#all) {
        if (keys %running >= $most) {
            delete $running{wait()};
            die "a question failed\n" if $?;
        }
        my $answer = "answer.$number";
        my $child = fork() // die "fork: $!\n";
        if (!$child) {
            @ARGV = ($all[$number]);
            open(STDOUT, '>:encoding(UTF-8)', $answer) or die "$answer: $!\n";
            $question = $number;
            last;
        }
        $running{$child} = 1;
        $number++;
    }
    if (!defined $question) {
        while (%running) {
            delete $running{wait()};
            die "a question failed\n" if $?;
        }
        binmode(STDOUT, ':raw');
        for my $number (0 .. $#all) {
            open(my $answer, '<:raw', "answer.$number") or die "answer.$number: $!\n";
            print "\x01$number\n", <$answer>;
            close($answer);
            unlink("answer.$number");
        }
        exit(0);
    }
}
END
$text =~ s/^(## use the filenames on the command line)/$split$1/m
    or die "the script has no place to look at its arguments\n";
our $questions_of_run = $questions;
@ARGV = @options;
eval $text;
die $@ if $@;
