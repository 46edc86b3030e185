// Asks a server for the protos of a service, file by file with all that they import.
"use strict";

const path = require("node:path");
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");
const { FileDescriptorProto, FileDescriptorSet } = require("protobufjs/ext/descriptor");

async function descriptors(address, credentials, metadata, service) {
  const definition = loader.loadSync(path.join(__dirname, "reflection.proto"));
  const { ServerReflection } = grpc.loadPackageDefinition(definition).grpc.reflection.v1;
  const client = new ServerReflection(address, credentials);
  const stream = client.serverReflectionInfo(metadata, { deadline: Date.now() + 10_000 });
  const responses = stream[Symbol.asyncIterator]();
  const files = new Map();

  async function ask(request) {
    stream.write(request);
    const { value } = await responses.next();
    if (value.errorResponse) throw new Error(value.errorResponse.errorMessage);
    for (const bytes of value.fileDescriptorResponse.fileDescriptorProto) {
      const file = FileDescriptorProto.decode(bytes);
      if (files.has(file.name)) continue;
      files.set(file.name, file);
      for (const name of file.dependency) {
        if (!files.has(name)) await ask({ fileByFilename: name });
      }
    }
  }

  await ask({ fileContainingSymbol: service });
  stream.end();
  client.close();
  return FileDescriptorSet.encode({ file: [...files.values()] }).finish();
}

module.exports = { descriptors };
