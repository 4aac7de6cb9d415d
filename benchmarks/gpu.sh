#!/bin/bash
# Everything that a GPU is owed, in stages, the most valuable first. Needs target/gpu.tar.xz, which
# benchmarks/prepare-gpu makes where there is Maven; no Java, compiler or network.
#
#   benchmarks/gpu.sh --out DIR                        all stages on the first CUDA device
#   benchmarks/gpu.sh --out DIR setup check bench      some of them, in the order given
#   benchmarks/gpu.sh --small --backend opencl         the same steps at small sizes, another device
#   benchmarks/gpu.sh --only 'Scores|grid' tests bench of these stages the steps whose name matches
#
# Stages: setup (unpacks, notes the machine), check (opens the device, device tests, self-test), tests
# (contract tests, a process a class), bench, rest (more figures, solvers), sanitize
# (compute-sanitizer). Only when they are named: tune (ablate tune); bring (keeps the parcels that lie
# in target/parcels, which benchmarks/prepare-gpu model makes, and unpacks them when all have come, one
# a call or several); model (models on the GPU, after setup and bring).
#
# --out DIR keeps results.jsonl (a line a figure), steps.txt (a line a step: stage, name, status,
# seconds, limit), machine.txt, logs.tgz; default target/gpu-out. --into DIR is where setup unpacks;
# default /tmp/ablate-gpu. Each step and each stage has its limit; ABLATE_STEP_SCALE scales them all.
# Exit status: 0 if all steps passed, 1 if one failed, 2 for arguments that cannot be used.

die() { echo "benchmarks/gpu.sh: $1" >&2; exit 2; }

backend=cuda small='' only='' out=target/gpu-out into=/tmp/ablate-gpu stages=()
while [ $# -gt 0 ]; do
  case $1 in
    --backend | --only | --out | --into) [ $# -ge 2 ] || die "$1 needs a value" ;;
  esac
  case $1 in
    --backend) backend=$2; shift ;;
    --only) only=$2; shift ;;
    --out) out=$2; shift ;;
    --into) into=$2; shift ;;
    --small) small=yes ;;
    setup | check | tests | bench | rest | sanitize | tune | bring | model) stages+=("$1") ;;
    -*) die "unknown option $1: --backend, --only, --out, --into or --small" ;;
    *) die "unknown stage $1: setup, check, tests, bench, rest, sanitize, tune, bring or model" ;;
  esac
  shift
done
[ ${#stages[@]} -gt 0 ] || stages=(setup check tests bench rest sanitize)
case $backend in
  cuda | cuda:* | opencl | opencl:*) kind=${backend%%:*} ;;
  *) die "--backend $backend: cuda or opencl, perhaps with a number as in cuda:1" ;;
esac

# Folders are the caller's; files and tests are found from the root of the project.
mkdir -p "$out" "$into/logs" || die "--out or --into: not writable"
out=$(cd "$out" && pwd) into=$(cd "$into" && pwd)
cd "$(dirname "$0")/.." || exit 2
pack=target/gpu.tar.xz logs=$into/logs
classpath="$into/classes:$into/test-classes:$into/benchmark-classes:$into/lib/*"
scale=${ABLATE_STEP_SCALE:-1}

export PATH="$into/jre/bin:$PATH:/usr/local/cuda/bin"
# Where containers keep the driver, behind what the machine names.
export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}/usr/local/nvidia/lib64:/usr/local/nvidia/lib"
export ABLATE_CACHE_DIR="${ABLATE_CACHE_DIR:-$into/cache}"
if [ "$kind" = cuda ]; then
  # Not the same GPU a second time through OpenCL.
  export ABLATE_REQUIRE_CUDA=1 OCL_ICD_VENDORS=/nonexistent
else
  export ABLATE_REQUIRE_OPENCL=1
fi

# Some containers hide the version of the driver from all but this.
version=$(timeout 20 nvidia-smi --query-gpu=driver_version --format=csv,noheader 2>/dev/null | head -n 1)

scaled() { awk -v s="$1" -v by="$scale" 'BEGIN { print s * by }'; }

# At most 8 files may come back from a machine, so logs travel in one.
pack_logs() { tar czf "$out/logs.part" -C "$logs" . && mv "$out/logs.part" "$out/logs.tgz"; }

# What a step printed last, and of tests what failed.
end_of_log() {
  grep -a -m 6 -A 3 ':: FAILED' "$1" | cut -c1-300
  tail -n 8 "$1" | cut -c1-300
}

# A line a step, at once, so that it is there whatever comes next.
note() { # stage name status seconds limit
  printf '%-9s %-32s rc %-4s %4d s of %s\n' "$1" "$2" "$3" "$4" "$5" | tee -a "$out/steps.txt"
}

# One Java with a limit of its own. At the limit QUIT makes it print where each thread is; KILL, three
# seconds later, ends one that hangs in the driver.
step() { # name seconds heap arguments…; the array before holds a command in front of Java
  local name=$1 heap=$3 log=$logs/$1.log start=$SECONDS rc limit
  [[ $name =~ $only ]] || return 0
  limit=$(awk -v a="$(scaled "$2")" -v b=$((stage_end - SECONDS)) 'BEGIN { print a < b ? a : b }')
  shift 3
  if [ $((stage_end - SECONDS)) -le 0 ]; then
    note "$stage" "$name" late 0 0
    return 1
  fi
  # What stands in front of Java would die of QUIT and leave Java behind.
  local signal=QUIT
  [ ${#before[@]} -eq 0 ] || signal=KILL
  timeout -s $signal -k 3 "$limit" "${before[@]}" java --enable-native-access=ALL-UNNAMED "-Xmx$heap" \
    "-XX:ErrorFile=$logs/$name.crash" "-Dablate.results=$out/results.jsonl" "-Dablate.step=$name" \
    ${small:+-Dablate.small=true} ${version:+"-Dablate.driver=$version"} -cp "$classpath" "$@" >"$log" 2>&1 </dev/null
  rc=$?
  if [ "$(wc -c <"$log")" -gt 2000000 ]; then
    { head -c 1000000 "$log"; echo; echo ...; tail -c 900000 "$log"; } >"$log.part" && mv "$log.part" "$log"
  fi
  note "$stage" "$name" $rc $((SECONDS - start)) "$limit"
  [ $rc = 0 ] || end_of_log "$log"
  return $rc
}

# One class of tests in a process of its own, so that an error that stays in a CUDA context ends one
# class. The feed names a test before it runs, which tells what hung.
junit() { # name seconds group class
  local each
  each=$(awk -v s="$(scaled 60)" 'BEGIN { printf "%d", s < 1 ? 1 : s }')
  step "$1" "$2" 3g "-Dablate.test.kind=$kind" ${3:+"-Dablate.test.group=$3"} \
    -Dablate.test.alone="${alone:-false}" org.junit.platform.console.ConsoleLauncher execute \
    --disable-banner --disable-ansi-colors --details=testfeed --fail-if-no-tests -e junit-jupiter \
    "--select-class=$4" --config "junit.jupiter.execution.timeout.testable.method.default=${each}s"
}

classes() { # patterns of names: the test classes of the pack
  local pattern
  for pattern in "$@"; do
    (cd "$into/test-classes" && find . -name "$pattern.class") | sed 's|^\./||; s|\.class$||; s|/|.|g' | sort
  done
}

# As many processes side by side as the cores feed, each with threads of its own.
lanes=$(($(nproc) / 3))
[ $lanes -ge 1 ] || lanes=1
[ $lanes -le 5 ] || lanes=5
side_by_side() { # seconds group classes…
  local class name seconds=$1 group=$2
  shift 2
  for class in "$@"; do
    while [ "$(jobs -rp | wc -l)" -ge $lanes ]; do wait -n; done
    name=${class##*.}
    name=${name%Test}
    junit "${name%Contract}${group:+-$group}" "$seconds" "$group" "$class" &
  done
  wait
}

measure() { # name seconds full small; a benchmark and its arguments, @ for the backend
  local words=${small:+$4}
  words=${words:-$3}
  # shellcheck disable=SC2086
  step "$1" "$2" "$([ -n "$small" ] && echo 3g || echo 16g)" dev.ablate.benchmarks.${words//@/$backend}
  pack_logs
}

# The machine's own unpacker, or Python's where tar knows no xz.
extract() { # archive
  tar xJf "$1" -C "$into" 2>/dev/null ||
    python3 -c 'import sys, tarfile; tarfile.open(sys.argv[1], "r:xz").extractall(sys.argv[2])' "$1" "$into"
}

unpack() {
  [ -f $pack ] || { echo "no $pack: run benchmarks/prepare-gpu where there is Maven"; return 1; }
  rm -rf "${into:?}"/{jre,classes,test-classes,benchmark-classes,lib}
  extract $pack
}

machine() {
  timeout 20 nvidia-smi
  timeout 20 nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm,clocks.max.mem --format=csv
  nvcc --version | tail -n 2
  command -v compute-sanitizer ncu ptxas cc xz python3
  ldconfig -p | grep -E 'libcuda|nvidia-ptxjit|nvrtc|OpenCL'
  ls /usr/local/nvidia/lib64
  echo "LD_LIBRARY_PATH=$LD_LIBRARY_PATH"
  uname -a
  nproc
  free -g
  df -h /tmp
  java -version
  java -cp "$classpath" dev.ablate.cli.Main devices --backend host
}

run_setup() {
  local start=$SECONDS
  if unpack >"$logs/setup.log" 2>&1 && java -version >>"$logs/setup.log" 2>&1; then
    # Loads the Java library once for all; without it every start reads it anew.
    java -Xshare:dump >>"$logs/setup.log" 2>&1
    machine >"$out/machine.txt" 2>&1
    note setup unpack 0 $((SECONDS - start)) -
    grep -E 'Driver Version|^NVIDIA|libcuda\.so.*=>|^cuda:' "$out/machine.txt" | cut -c1-150
  else
    note setup unpack 1 $((SECONDS - start)) -
    cat "$logs/setup.log"
    return 9
  fi
}

# Status 9 when there is no device, so that nothing else can run.
run_check() {
  export ABLATE_CUDA_SYNC=1
  step open 40 2g dev.ablate.cli.Main devices --backend "$backend" || return 9
  if [ "$kind" = cuda ]; then
    # What it says of commands under way means something only where no launch is waited for.
    ABLATE_CUDA_SYNC=0 alone=true junit CudaDevice 60 '' dev.ablate.backend.kernel.cuda.CudaDeviceTest
  fi
  step selftest 75 4g dev.ablate.cli.Main selftest --backend "$backend"
  junit KernelBackends 30 '' dev.ablate.backend.KernelBackendsTest
  return 0
}

run_tests() {
  export ABLATE_CUDA_SYNC=1
  local all
  mapfile -t all < <(classes '*ContractTest')
  side_by_side 90 256 "${all[@]}"
  # Barriers and warps that only several small groups show; small: one class, for the way there.
  [ -z "$small" ] || mapfile -t all < <(classes WalshContractTest)
  # Without waits: what depends on them shows here, what a kernel does wrong showed above.
  ABLATE_CUDA_SYNC=0 side_by_side 60 32 "${all[@]}"
}

run_bench() {
  measure screening 60 'DeviceScreening @' 'DeviceScreening @ 20 4 300'
  measure grid 60 'DeviceGrid @' 'DeviceGrid @ 60 1'
  measure spex-300 45 'SpexRecovery 1000 300 8 0.5 10 @' 'SpexRecovery 100 30 5 0.5 2 @'
  measure transform 75 'DeviceTransform @' 'DeviceTransform @ 4 18'
  measure gp 40 'DeviceGaussianProcess @' 'DeviceGaussianProcess @ 160 20'
  measure retrainings 60 'DeviceRetrainings @' 'DeviceRetrainings @ 40 200 9 3 20'
  measure evaluation 40 'DeviceEvaluation @' 'DeviceEvaluation @ 100000 100 64'
  measure joins 45 'DeviceJoins @' 'DeviceJoins @ 40 8 12'
  measure games-gp 60 'GamesAgainstPeer gp planted-noisy-256 --repeats=3 --backend=@' \
    'GamesAgainstPeer gp forest-breast-cancer-30 --masks=100 --backend=@'
  measure spex-10000 90 'SpexRecovery 1000 10000 16 0.5 2 @' 'SpexRecovery 300 60 6 0.5 1 @'
  measure games-lasso 60 'GamesAgainstPeer --backend=@' \
    'GamesAgainstPeer forest-breast-cancer-30 --masks=100 --backend=@'
}

run_rest() {
  local solvers
  mapfile -t solvers < <(classes '*OnDevicesTest' TrafficTest)
  # A whole evaluated game takes a processor minutes.
  [ -z "$small" ] || mapfile -t solvers < <(classes '*SpexOnDevicesTest' TrafficTest)
  side_by_side 90 '' "${solvers[@]}"
  measure launch 20 'DeviceLaunch @' 'DeviceLaunch @'
  measure games-default 60 'GamesAgainstPeer gp screen auto --backend=@' \
    'GamesAgainstPeer gp screen auto forest-breast-cancer-30 --masks=100 --backend=@'
  measure host-work 60 'HostWork gp screen auto planted-noisy-256 --repeats=1 --backend=@' \
    'HostWork gp forest-breast-cancer-30 --masks=100 --repeats=1 --backend=@'
  measure parity 25 'DeviceParity @' 'DeviceParity @ 150 1000 5 70'
  measure trees 25 'DeviceTreeSpectra @' 'DeviceTreeSpectra @ 2 50'
  measure gp-10000 60 'DeviceGaussianProcess @ 10000 1000' 'DeviceGaussianProcess @ 240 70'
  measure parity-10000 40 'DeviceParity @ 10000' 'DeviceParity @ 300 1000 5 70'
  measure parity-rows 40 'DeviceParity @ 240000 4000 0' 'DeviceParity @ 500 500 0 70'
  measure trees-5000 40 'DeviceTreeSpectra @ 20 5000' 'DeviceTreeSpectra @ 3 80'
  measure datamodels 90 'Datamodels --masks=300000 --packed --backend=@' \
    'Datamodels --masks=200 --features=100 --terms=4,2 --strength=2 --packed --method=screen --backend=@'
}

# Some virtual machines let no tool look into the device: that is no fault of what it looks at.
refused() { # tool
  grep -qi 'device not supported' "$logs/$1.log" || return 1
  sed -i "/^sanitize *$1 /s/ rc [0-9]* / rc none /" "$out/steps.txt"
  echo "$1 cannot look into this device"
}

run_sanitize() {
  local tool
  for tool in memcheck racecheck; do
    if [ "$kind" = cuda ] && command -v compute-sanitizer >/dev/null; then
      before=(compute-sanitizer --tool $tool --error-exitcode 9 --target-processes all)
      step $tool 150 3g dev.ablate.cli.Main selftest --backend "$backend" || refused $tool
      before=()
    else
      note sanitize $tool none 0 0
    fi
  done
}

# Keeps what came with this transfer; those of another making go.
keep_parcels() {
  local part name
  mkdir -p "$into/parcels"
  for part in target/parcels/*/model.*; do
    [ -f "$part" ] || continue
    name=${part##*/}
    find "$into/parcels" -type f ! -name "${name%.*-of-*}.*" -exec rm {} +
    cp "$part" "$into/parcels/.part" && mv "$into/parcels/.part" "$into/parcels/$name" || return 1
  done
}

# What the parcels hold, once all are there.
join_parcels() { # hash count
  local n
  for ((n = 1; n <= $2; n++)); do cat "$into/parcels/model.$1.$n-of-$2"; done >"$into/model.tar.xz"
  case $(sha256sum <"$into/model.tar.xz") in
    "$1"*) ;;
    *) echo "the parcels do not fit together: bring them again"; return 1 ;;
  esac
  rm -rf "${into:?}/model"
  extract "$into/model.tar.xz" && rm -rf "$into/parcels" "$into/model.tar.xz"
}

run_bring() {
  local start=$SECONDS first name hash count here rc
  { keep_parcels; } >"$logs/bring.log" 2>&1 || { note bring parcels 1 0 -; cat "$logs/bring.log"; return 1; }
  first=$(find "$into/parcels" -name 'model.*' -print -quit)
  if [ -z "$first" ]; then
    [ -d "$into/model" ] && rc=0 || rc=1
    note bring parcels $rc 0 -
    [ $rc = 0 ] || echo "no target/parcels: run benchmarks/prepare-gpu model where there is Maven"
    return $rc
  fi
  name=${first##*/} count=${first##*-of-}
  hash=${name#model.} hash=${hash%%.*}
  here=$(find "$into/parcels" -name "model.$hash.*-of-$count" | wc -l)
  if [ "$here" -lt "$count" ]; then
    note bring "$here-of-$count" 0 $((SECONDS - start)) -
    mv "$logs/bring.log" "$logs/bring-$here.log"
  elif join_parcels "$hash" "$count" >"$logs/bring.log" 2>&1; then
    note bring unpack 0 $((SECONDS - start)) -
  else
    note bring unpack 1 $((SECONDS - start)) -
    cat "$logs/bring.log"
  fi
}

# What ONNX Runtime's provider for CUDA asks for lies where Python packages or a toolkit put it.
nvidia_folders() {
  timeout 30 find / /usr/local/nvidia -xdev -path /tmp -prune -o \( -name libcublas.so.13 -o -name libcublasLt.so.13 \
    -o -name libcudart.so.13 -o -name libcufft.so.12 -o -name libcudnn.so.9 \) -printf '%h\n' 2>/dev/null |
    awk '!seen[$0]++ { printf "%s%s", by, $0; by = ":" }'
}

# Whether the linker finds all; at small sizes models run on the processor, and what is missing is said.
linked() {
  local start=$SECONDS rc=0 folder=$into/model/root/org/bytedeco/onnxruntime/linux-x86_64-gpu
  LD_LIBRARY_PATH="$LD_LIBRARY_PATH:$folder" timeout 30 \
    ldd "$folder/libonnxruntime_providers_cuda.so" >"$logs/libraries.log" 2>&1 || rc=1
  ! grep -q 'not found' "$logs/libraries.log" || rc=1
  [ $rc = 0 ] || [ -z "$small" ] || rc=none
  note model libraries $rc $((SECONDS - start)) 30
  grep 'not found' "$logs/libraries.log"
  echo "LD_LIBRARY_PATH=$LD_LIBRARY_PATH" >>"$logs/libraries.log"
}

run_model() {
  if [ ! -d "$into/model/root" ]; then
    note model parcels 1 0 -
    echo "not all parcels are here: bring them first, one a transfer, by the stage bring"
    return 1
  fi
  local folders
  folders=$(nvidia_folders)
  export LD_LIBRARY_PATH="$LD_LIBRARY_PATH${folders:+:$folders}"
  linked
  # No more of JavaCPP's libraries than are needed, and the exports that came along.
  export JAVA_TOOL_OPTIONS="-Dorg.bytedeco.javacpp.loadlibraries=false -Dablate.models=$into/model/models"
  classpath="$classpath:$into/model/root:$into/model/lib/*"
  step devices 30 2g dev.ablate.cli.Main devices --backend "$backend"
  measure model 240 'DeviceModel @' 'DeviceModel @ small'
}

run_tune() {
  step tune 480 4g dev.ablate.cli.Main tune --backend "$backend" --out "$out/tuning.properties" \
    ${small:+--only sampling}
}

# Seconds of a stage: with the starts of processes between, a full run fits a quarter of an hour.
stage_seconds() {
  case $1 in
    setup) echo 60 ;;
    check | tests) echo 120 ;;
    bench) echo 250 ;;
    rest | sanitize) echo 180 ;;
    tune) echo 500 ;;
    bring) echo 90 ;;
    model) echo 300 ;;
  esac
}

# Every stage in a shell of its own: nothing that one sets reaches another.
before=()
touch "$out/steps.txt" "$out/results.jsonl"
steps_before=$(wc -l <"$out/steps.txt") results_before=$(wc -l <"$out/results.jsonl")
for stage in "${stages[@]}"; do
  if [ "$stage" != setup ] && [ ! -x "$into/jre/bin/java" ]; then
    die "nothing unpacked in $into: run the stage setup first"
  fi
  echo "== $stage"
  stage_end=$((SECONDS + $(scaled "$(stage_seconds "$stage")" | awk '{ printf "%d", $1 + 0.999 }')))
  (run_"$stage")
  status=$?
  pack_logs
  [ $status != 9 ] || { echo "nothing can run after this"; break; }
done

echo "== steps"
tail -n "+$((steps_before + 1))" "$out/steps.txt" | awk '
  $4 == 0 || $4 == "none" { passed[$1]++ }
  $4 != 0 && $4 != "none" { failed[$1]++; bad = bad "\n  " $0 }
  !($1 in seen) { seen[$1] = 1; order[++count] = $1 }
  { seconds[$1] += $5 }
  END {
    printf "%-9s %6s %6s %8s\n", "stage", "passed", "failed", "seconds"
    for (i = 1; i <= count; i++) {
      s = order[i]
      printf "%-9s %6d %6d %8d\n", s, passed[s], failed[s], seconds[s]
    }
    if (bad != "") print "failed:" bad
  }'
echo "== results"
if [ -d "$into/lib" ]; then
  tail -n "+$((results_before + 1))" "$out/results.jsonl" >"$into/results.jsonl"
  timeout 60 java -cp "$classpath" dev.ablate.benchmarks.ResultsTable "$into/results.jsonl"
fi
! tail -n "+$((steps_before + 1))" "$out/steps.txt" | awk '$4 != 0 && $4 != "none" { bad = 1 } END { exit !bad }'
