# Build with the compiler and the tests' tools, ship without them.
FROM node:20-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN node scripts/build.mjs && npm prune --omit=dev

FROM node:20-bookworm-slim
# iproute2 and ipvsadm are for people who look inside; understudy itself talks to the kernel directly.
RUN apt-get update \
 && apt-get install -y --no-install-recommends iproute2 ipvsadm libcap2-bin \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /run/understudy understudy \
 && install -d -o understudy -g understudy /run/understudy /etc/keepalived \
 # The two capabilities that VRRP and IPVS need, bound to the interpreter, so that the process is not root:
 # run with --cap-add NET_ADMIN --cap-add NET_RAW. Real-time priority would want SYS_NICE and IPC_LOCK too.
 && setcap cap_net_admin,cap_net_raw+ep "$(readlink -f "$(command -v node)")"
WORKDIR /usr/lib/understudy
COPY --from=build /src/package.json ./
COPY --from=build /src/node_modules ./node_modules
COPY --from=build /src/dist ./dist
COPY --from=build /src/grammar ./grammar
RUN ln -s /usr/lib/understudy/dist/cli/main.js /usr/local/bin/understudy \
 && ln -s /usr/lib/understudy/dist/cli/main.js /usr/local/bin/keepalived
USER understudy
# Scripts run as this user: a file with `script_user root` needs the container to be started with --user root.
ENTRYPOINT ["understudy", "--dont-fork", "--log-console", "--log-detail", \
  "--pid", "/run/understudy/understudy.pid", "--vrrp_pid", "/run/understudy/vrrp.pid", \
  "--checkers_pid", "/run/understudy/checkers.pid"]
