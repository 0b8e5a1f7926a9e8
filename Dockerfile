# regsweep in a container. To build it and look at a registry:
#   docker build -t regsweep .
#   docker run --rm --read-only --tmpfs /tmp -v /var/lib/registry:/registry:ro regsweep report /registry
#
# It reads as nobody in particular (uid 1000). A sweep needs who may write on the volume, most often root, as the registry is:
#   docker run --rm --read-only --tmpfs /tmp --user 0 -v /var/lib/registry:/registry regsweep sweep /registry …
#
# The index is in /tmp and goes with the container. To keep it, for what grew since the last time:
#   docker run … -v regsweep-index:/index -e XDG_CACHE_HOME=/index regsweep report /registry

# The larger image has a compiler: SQLite is compiled wherever no binary for this Node and processor can be downloaded.
FROM node:24.21.0-bookworm AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY scripts/compile.sh scripts/
RUN npm ci --ignore-scripts && sh scripts/compile.sh
COPY tsconfig.json ./
COPY scripts scripts
COPY src src
RUN npm run build
RUN npm prune --omit=dev --ignore-scripts
# What SQLite was compiled from is larger than all that runs.
RUN cd node_modules/better-sqlite3 \
  && find . -type f ! -path './lib/*' ! -name package.json ! -name LICENSE ! -path './build/Release/better_sqlite3.node' -delete \
  && find . -type d -empty -delete

FROM node:24.21.0-bookworm-slim
LABEL org.opencontainers.image.title="regsweep" \
  org.opencontainers.image.description="Offline analyzer and collector for Docker/OCI registry volumes" \
  org.opencontainers.image.licenses="MIT"
# A volume that is new takes the owner of the folder that it is mounted on.
RUN install -d -o 1000 -g 1000 /index && ln -s /opt/regsweep/dist/regsweep.cjs /usr/local/bin/regsweep
WORKDIR /opt/regsweep
COPY package.json LICENSE ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
ENV NODE_ENV=production LANG=C.UTF-8 XDG_CACHE_HOME=/tmp
USER 1000:1000
ENTRYPOINT ["regsweep"]
CMD ["--help"]
