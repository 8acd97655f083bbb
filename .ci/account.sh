# Sourced by .ci/run and .ci/nightly: what passed, failed and was skipped, and what needed a second try. What failed is said
# once more at the end, so that the last lines alone tell it.

passed=0
failed=0
skipped=0
undecided=0
second_tries=0
phase_began=0
what_failed=()

note() { # note NAME STATUS
  local word=ok
  if [ "$2" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)) word=FAILED what_failed+=("$1"); fi
  printf '%-7s %s (%d s, until %d min %02d s)\n' "$word" "$1" $((SECONDS - phase_began)) $((SECONDS / 60)) $((SECONDS % 60))
  phase_began=$SECONDS
}

expect() { # expect NAME EXIT-CODE COMMAND...
  local name=$1 wanted=$2 got
  shift 2
  "$@"
  got=$?
  [ "$got" -eq "$wanted" ]
  note "$name: exit $got, wanted $wanted" $?
}

# As expect, of a run that keeps its runs in OUT: where there is no verdict, and the run itself says that this comes of the
# machine or of chance, so that a repeat may help, it is skipped, in words, and counted as undecided: repeats were made,
# and did not help here. Whatever else is wrong fails.
expect_or_undecided() { # expect_or_undecided NAME EXIT-CODE OUT COMMAND...
  local name=$1 wanted=$2 out=$3 got why
  shift 3
  "$@"
  got=$?
  if [ "$got" -eq 2 ] && why=$(for_the_machine "$out/latest/result.json"); then
    skipped=$((skipped + 1)) undecided=$((undecided + 1))
    printf 'UNDECIDED %s, no verdict could be had on this machine: %s (%d s, until %d min %02d s)\n' "$name" "$why" \
      $((SECONDS - phase_began)) $((SECONDS / 60)) $((SECONDS % 60))
    phase_began=$SECONDS
    return
  fi
  [ "$got" -eq "$wanted" ]
  note "$name: exit $got, wanted $wanted" $?
}

# Why each scenario without a verdict has none; fails where a scenario has another one than holds, or a repeat cannot help.
for_the_machine() { # for_the_machine RESULT
  node -e '
    const { scenarios } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))
    const open = scenarios.filter(({ verdict }) => verdict !== "holds")
    const mayHelp = ({ verdict, repeat }) => verdict === "inconclusive" && repeat?.helps === true
    if (open.length === 0 || !open.every(mayHelp)) process.exit(1)
    console.log(open.map(({ scenario, said }) => `${scenario}: ${said}`).join("; "))' "$1"
}

# Adds Vitest's JSON report. Tests that were skipped, for later, or never came to run count as skipped.
note_tests() { # note_tests REPORT EXIT-CODE
  local p f s again
  read -r p f s again < <(node -e '
    const r = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))
    const tests = r.testResults.flatMap(({ assertionResults }) => assertionResults)
    const again = tests.flatMap(({ meta }) => meta?.secondTries ?? []).length
    console.log(r.numPassedTests, r.numFailedTests, r.numTotalTests - r.numPassedTests - r.numFailedTests, again)' "$1")
  # Where the time goes, for whoever would have it back.
  node -e '
    const r = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))
    const files = r.testResults.map(({ name, startTime, endTime }) => [require("path").relative(".", name), endTime - startTime])
    const [first, ...rest] = files.sort((a, b) => b[1] - a[1]).slice(0, 15).map(([name, ms]) => `${name} ${Math.round(ms / 1000)} s`)
    console.log(`the slowest files: ${[first, ...rest].join(", ")}`)' "$1"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s)) second_tries=$((second_tries + again))
  mapfile -t -O "${#what_failed[@]}" what_failed < <(node -e '
    const r = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))
    for (const { name, assertionResults } of r.testResults)
      for (const { status, fullName, failureMessages: [why = ""] } of assertionResults)
        if (status === "failed") console.log(`${require("path").relative(".", name)} > ${fullName}: ${why.split("\n")[0]}`)' "$1")
  # A file that could not be loaded, or an error outside of any test, is in no count.
  [ "$2" -eq 0 ] || [ "$f" -gt 0 ] || note 'npm test, outside of its tests' 1
  printf 'the tests took %d s, until %d min %02d s\n' $((SECONDS - phase_began)) $((SECONDS / 60)) $((SECONDS % 60))
  phase_began=$SECONDS
}

# Inconclusive (2) is no verdict: evidence is missing. It is asked once more, which is told with its reason, and counted.
decided() { # decided OUT COMMAND...: runs the command, which keeps its runs in OUT
  local out=$1 code
  shift
  "$@"
  code=$?
  [ "$code" -eq 2 ] || return "$code"
  second_tries=$((second_tries + 1))
  printf 'second try, for the first was inconclusive: %s\n' "$(node -e '
    const { scenarios } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))
    const reasons = scenarios.filter(({ verdict }) => verdict === "inconclusive").map(({ scenario, said, arms }) =>
      [`${scenario}: ${said}`, ...arms.flatMap(({ arm, voids }) => voids.map(({ said: why }) => `${arm}: ${why}`))].join("; "))
    console.log(reasons.join("; "))' "$out/latest/result.json")"
  "$@"
}

finish() {
  [ ${#what_failed[@]} -eq 0 ] || printf 'failed: %s\n' "${what_failed[@]}"
  printf '%d second tries\n' "$second_tries"
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ] && [ "$skipped" -eq "$undecided" ]
  exit
}
