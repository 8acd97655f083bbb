# Sourced by .ci/run: what the machine lacks, and a container engine where none answers.

# Debian packages by the command that shows they are there.
install_missing() {
  local -A package=([dockerd]=docker.io [docker]=docker.io [iptables]=iptables [ip]=iproute2 [ethtool]=ethtool
    [debootstrap]=debootstrap [go]=golang-go [pgrep]=procps [nsenter]=util-linux [flock]=util-linux
    [chromium]=chromium [redis-server]=redis-server
    [/usr/bin/flask]='python3-flask python3-redis')
  local missing=() command
  # An engine that answers needs no daemon of its own here: it may run elsewhere.
  ! docker version >/dev/null 2>&1 || unset 'package[dockerd]'
  for command in "${!package[@]}"; do
    PATH=$PATH:/usr/sbin:/sbin command -v "$command" >/dev/null || missing+=("${package[$command]}")
  done
  [ ${#missing[@]} -eq 0 ] && return
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    $(printf '%s\n' "${missing[@]}" | sort -u) || return
  # From trixie on, the client is a package of its own.
  command -v docker >/dev/null || apt-get install -y -qq --no-install-recommends docker-cli
}

engine=

# Starts dockerd if no engine answers. What was started here is stopped here; its images stay.
start_engine() {
  docker version >/dev/null 2>&1 && return
  # A machine without an init of its own may not have mounted them.
  [ -n "$(ls /sys/fs/cgroup 2>/dev/null)" ] || mount -t cgroup2 cgroup2 /sys/fs/cgroup || return
  PATH=$PATH:/usr/sbin:/sbin dockerd >"$work/dockerd.log" 2>&1 &
  engine=$!
  local waited
  for waited in $(seq 120); do
    docker version >/dev/null 2>&1 && return
    kill -0 "$engine" 2>/dev/null || break
    sleep 0.5
  done
  tail -n 20 "$work/dockerd.log"
  return 1
}

stop_engine() {
  [ -n "$engine" ] || return 0
  kill "$engine" 2>/dev/null
  wait "$engine" 2>/dev/null
}

# An engine that has lost count of endpoints keeps a network with nobody in it until it is started anew, which no run can
# help: the engine that was started here is. A network that it lets go of when asked was left behind by a run, which fails.
settle_engine() {
  local network said miscounted=
  for network in $(docker network ls -q --filter label=saeol-chaos.topology); do
    if said=$(docker network rm "$network" 2>&1); then
      note "the network $network was left behind" 1
    elif [[ $said == *'active endpoints'* ]] && [ "$(docker network inspect -f '{{len .Containers}}' "$network")" = 0 ]; then
      miscounted+=" $network"
    fi
  done
  [ -n "$miscounted" ] && [ -n "$engine" ] || return 0
  printf 'the engine keeps networks with nobody in them:%s; it is started anew\n' "$miscounted"
  stop_engine
  start_engine && npm run --silent chaos -- clean
}

# What must be the same before and after. Networks by id: one that was made anew under its old name is told apart; the
# engine's own by name, for it makes its bridge anew each time it starts.
held_by_engine() {
  docker ps -a --no-trunc --format 'container {{.ID}} {{.Names}}' | sort
  docker network ls --no-trunc --format 'network {{.ID}} {{.Name}}' |
    sed -E 's/^network [0-9a-f]+ (bridge|host|none)$/network of the engine: \1/' | sort
  docker volume ls --format 'volume {{.Name}}' | sort
  # An engine puts its users' own chain back in front when it likes.
  iptables -S | grep -vx -e '-A FORWARD -j DOCKER-USER'
  iptables -t nat -S
}
