# Sourced by .ci/run: docker compose 2, which Debian has from trixie on. On an older Debian the static executable of that
# package runs as well.

fetch_compose() { # fetch_compose DIR
  docker compose version --short 2>/dev/null | grep -q '^v\?[2-9]' && return
  docker-compose version --short 2>/dev/null | grep -q '^v\?[2-9]' && return
  local mirror apt=$work/apt
  mirror=$(tools/airgap/debian-mirror) || return
  mkdir -p "$apt"/lists/partial "$apt"/cache/archives/partial
  printf 'deb %s trixie main\n' "$mirror" >"$apt/trixie.list"
  local options=(-qq -o Dir::Etc::sourcelist="$apt/trixie.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$apt/lists"
    -o Dir::Cache="$apt/cache" -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update && (cd "$apt" && apt-get "${options[@]}" download docker-compose) &&
    dpkg-deb --extract "$apt"/docker-compose_*.deb "$apt/package" &&
    install "$apt/package/usr/libexec/docker/cli-plugins/docker-compose" "$1/docker-compose" &&
    docker-compose version
}
