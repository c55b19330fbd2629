/** A name that no header of tar has room for. */
export const LONG = `/t/long/${"a".repeat(90)}/${"b".repeat(120)}`;

/** What the first layer leaves behind for later ones to change, delete and cover. */
const FIRST = `
mkdir -p /t/bin /t/gone/deep /t/opaque /t/becomes-link /t/long/${"a".repeat(90)} /t/sticky
printf '#!/bin/sh\\necho train\\n' > /t/bin/real
chmod 755 /t/bin/real
ln /t/bin/real /t/bin/hard
ln -s real /t/bin/link
ln -s link /t/bin/chain
ln -s /t/bin /t/folder
ln -s ../t/./folder/chain /t/far
ln -s loop-b /t/loop-a
ln -s loop-a /t/loop-b
ln -s /nowhere /t/dangling
cp /t/bin/real /t/bin/setuid && chmod 4755 /t/bin/setuid
cp /t/bin/real /t/bin/setgid && chmod 2711 /t/bin/setgid
chmod 1777 /t/sticky
echo mine > /t/owned && chown 1000:70000 /t/owned && chmod 640 /t/owned
echo long > ${LONG}
echo x > '/t/ünïcödé-日本語 with blanks'
echo x > "$(printf '/t/two\\nlines')"
: > /t/empty
dd if=/dev/zero of=/t/big bs=1048576 count=12
dd if=/dev/zero of=/t/sparse bs=1 count=1 seek=20000000
mkfifo /t/pipe
mknod /t/null c 1 3
echo old > /t/changed
echo old > /t/deleted
echo old > /t/gone/deep/file
echo old > /t/opaque/old
echo old > /t/becomes-folder
echo old > /t/becomes-link/file`;

const SECOND = `
echo new and longer > /t/changed
rm /t/deleted
rm -r /t/gone
rm -r /t/opaque && mkdir /t/opaque && echo new > /t/opaque/new
rm /t/becomes-folder && mkdir /t/becomes-folder && echo new > /t/becomes-folder/file
rm -r /t/becomes-link && ln -s bin /t/becomes-link`;

const THIRD = `
echo back > /t/deleted
chmod 600 /t/changed`;

/** A Dockerfile of an image that has everything that is hard to get right. */
export function oddDockerfile(base: string): string {
  const run = (script: string): string => `RUN ${script.trim().replaceAll("\n", " && \\\n ")}`;
  return `FROM ${base}
${run(FIRST)}
${run(SECOND)}
${run(THIRD)}
ENV A=1 B="two words"
WORKDIR /t/work
VOLUME /t/volume
EXPOSE 8080
LABEL with="label"
USER 1000:1000
STOPSIGNAL SIGINT
HEALTHCHECK CMD true
ENTRYPOINT ["/t/far", "--"]
CMD ["train"]
`;
}

/** What is shipped and hidden, by path and size; `/t/deleted` came back. */
export const HIDDEN: readonly (readonly [path: string, size: number])[] = [
  ["/t/becomes-folder", 4],
  ["/t/becomes-link/file", 4],
  ["/t/changed", 4],
  ["/t/changed", 15],
  ["/t/deleted", 4],
  ["/t/gone/deep/file", 4],
  ["/t/opaque/old", 4],
];
