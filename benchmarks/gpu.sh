#!/bin/sh
# Everything that is to be measured on a GPU, in one command: contract tests, self-test, memory and
# race checks where compute-sanitizer works, then the benchmarks, and one table at the end.
#
#   benchmarks/gpu.sh                              on the first CUDA device
#   benchmarks/gpu.sh --backend opencl --small     the same steps on another device, at small sizes
#   benchmarks/gpu.sh --only benchmarks            one step: tests, selftest, sanitizer, tune or benchmarks
#   benchmarks/gpu.sh --out DIR                    also puts logs and results there
#
# Needs Java and target/gpu, which benchmarks/prepare-gpu makes; no network. Appends a line a figure
# to benchmarks/results/gpu.jsonl; with --small to DIR/small.jsonl, and what is asked of the full sizes
# is not held against it.
cd "$(dirname "$0")/.." || exit 2
backend=cuda
small=
only=all
out=target/gpu/out
while [ $# -gt 0 ]; do
  case $1 in
    --backend) backend=$2; shift 2 ;;
    --only) only=$2; shift 2 ;;
    --out) out=$2; shift 2 ;;
    --small) small=yes; shift ;;
    *) echo "benchmarks/gpu.sh: unknown argument $1: see the top of the file" >&2; exit 2 ;;
  esac
done
if [ ! -d target/gpu/classes ]; then
  echo "benchmarks/gpu.sh: no target/gpu: run benchmarks/prepare-gpu where there is Maven" >&2
  exit 2
fi
command -v java >/dev/null 2>&1 || { echo "benchmarks/gpu.sh: no java on the PATH" >&2; exit 2; }
mkdir -p "$out" benchmarks/results
classpath="target/gpu/classes:target/gpu/test-classes:target/gpu/benchmark-classes:target/gpu/lib/*"
results=benchmarks/results/gpu.jsonl
[ -n "$small" ] && results=$out/small.jsonl
before=$(wc -l 2>/dev/null <"$results" || echo 0)
failed=

jvm() { java --enable-native-access=ALL-UNNAMED "-Xmx${heap:-16g}" -Dablate.results="$results" ${small:+-Dablate.small=true} -cp "$classpath" "$@"; }

step() {
  [ "$only" = all ] || [ "$only" = "$1" ] || return 0
  name=$1
  shift
  echo "== $name"
  start=$(date +%s)
  if "$@" >"$out/$name.log" 2>&1; then
    echo "   ok, $(($(date +%s) - start)) s"
  else
    echo "   FAILED, $(($(date +%s) - start)) s; the end of $out/$name.log:"
    tail -n 20 "$out/$name.log" | sed 's/^/   /'
    failed="$failed $name"
  fi
}

tests() {
  # On a GPU a missing device is a failure.
  [ "${backend%%:*}" = cuda ] && export ABLATE_REQUIRE_CUDA=1
  jvm org.junit.platform.console.ConsoleLauncher execute --disable-banner --details=summary \
    -e junit-jupiter -p dev.ablate.backend -p dev.ablate.solve -p dev.ablate.run -n '.*ContractTest' -n '.*OnDevicesTest' -n '.*TrafficTest' -n '.*KernelBackendsTest'
}
selftest() { jvm dev.ablate.cli.Main selftest --backend "$backend"; }
sanitizer() {
  command -v compute-sanitizer >/dev/null 2>&1 || { echo "no compute-sanitizer: not checked"; return 0; }
  for tool in memcheck racecheck; do
    echo "$tool"
    heap=4g
    compute-sanitizer --tool "$tool" --error-exitcode 9 --target-processes all \
      java --enable-native-access=ALL-UNNAMED -Xmx4g -cp "$classpath" dev.ablate.cli.Main selftest --backend "$backend" || return 1
  done
}
tune() { jvm dev.ablate.cli.Main tune --backend "$backend" --out "$out/tuning.properties"; }
benchmarks() {
  b=dev.ablate.benchmarks
  status=0
  if [ -n "$small" ]; then
    jvm $b.DeviceTransform "$backend" 16 20 || status=1
    jvm $b.DeviceEvaluation "$backend" 100000 100 64 || status=1
    jvm $b.DeviceParity "$backend" 150 1000 5 70 || status=1
    jvm $b.DeviceTreeSpectra "$backend" 2 50 || status=1
    jvm $b.DeviceGaussianProcess "$backend" 320 70 || status=1
    jvm $b.SpexRecovery 1000 300 8 0.5 2 "$backend" || status=1
    jvm $b.DeviceGrid "$backend" 100 1 || status=1
    jvm $b.DeviceScreening "$backend" 20 4 300 || status=1
    jvm $b.GamesAgainstPeer "--backend=$backend" forest-breast-cancer-30 || status=1
  else
    jvm $b.DeviceTransform "$backend" || status=1
    jvm $b.DeviceEvaluation "$backend" || status=1
    jvm $b.DeviceParity "$backend" || status=1
    jvm $b.DeviceParity "$backend" 10000 || status=1
    jvm $b.DeviceParity "$backend" 240000 4000 0 || status=1
    jvm $b.DeviceTreeSpectra "$backend" || status=1
    jvm $b.DeviceTreeSpectra "$backend" 20 5000 || status=1
    jvm $b.DeviceGaussianProcess "$backend" || status=1
    jvm $b.DeviceGaussianProcess "$backend" 10000 1000 || status=1
    jvm $b.SpexRecovery 1000 300 8 0.5 10 "$backend" || status=1
    jvm $b.SpexRecovery 1000 10000 16 0.5 2 "$backend" || status=1
    jvm $b.DeviceGrid "$backend" || status=1
    jvm $b.DeviceScreening "$backend" || status=1
    jvm $b.GamesAgainstPeer "--backend=$backend" || status=1
    jvm $b.GamesAgainstPeer gp screen auto "--backend=$backend" || status=1
    jvm $b.HostWork gp screen auto "--backend=$backend" || status=1
  fi
  return $status
}

step tests tests
step selftest selftest
step sanitizer sanitizer
[ "$only" = tune ] && step tune tune
step benchmarks benchmarks

echo "== results"
tail -n "+$((before + 1))" "$results" 2>/dev/null >"$out/results.jsonl"
jvm dev.ablate.benchmarks.ResultsTable "$out/results.jsonl"
[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
