# trainlint itself, for CI systems that run containers. Built from a release tree, or here after `npm run bundle`:
#   docker build --tag trainlint .
#   docker run --rm --volume "$PWD:/work:ro" trainlint lint
# For images and smoke runs it needs the engine's socket, and its group:
#   --volume /var/run/docker.sock:/var/run/docker.sock --group-add "$(stat --format %g /var/run/docker.sock)"
ARG BASE=node:24-bookworm-slim
FROM ${BASE}
COPY LICENSE dist/THIRD-PARTY-NOTICES.txt dist/trainlint.mjs /opt/trainlint/
RUN ln -s /opt/trainlint/trainlint.mjs /usr/local/bin/trainlint && mkdir /work
# trainlint ignore=TL402 -- this image lints; nothing is trained in it
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["trainlint"]
