/** A whole way through an executor: input and a file in, a shader over both, integers and the adapter's name out. */
import source from "./squares.wgsl" with { type: "text" };

/** The numbers of GPUBufferUsage and GPUMapMode, which Node has not. */
const [MAP_READ, COPY_SRC, COPY_DST, STORAGE] = [1, 4, 8, 128];

export interface Squares {
  squares: number[];
  adapter: string;
}

/** Squares of the numbers in the input, then of the bytes of the file. */
export async function main(
  gpu: GPU,
  input: { numbers: number[]; file: string },
  load: (path: string) => Promise<Uint8Array>,
): Promise<Squares> {
  const values = new Uint32Array([...input.numbers, ...await load(input.file)]);
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error("no adapter");
  const device = await adapter.requestDevice();
  const buffer = (usage: number): GPUBuffer => device.createBuffer({ size: values.byteLength, usage });
  const [from, to, read] = [STORAGE | COPY_DST, STORAGE | COPY_SRC, MAP_READ | COPY_DST].map(buffer);
  device.queue.writeBuffer(from, 0, values);

  const module = device.createShaderModule({ code: source });
  const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module } });
  const entries = [from, to].map((buffer, binding) => ({ binding, resource: { buffer } }));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(Math.ceil(values.length / 64));
  pass.end();
  encoder.copyBufferToBuffer(to, 0, read, 0, values.byteLength);
  device.queue.submit([encoder.finish()]);

  await read.mapAsync(MAP_READ);
  const squares = [...new Uint32Array(read.getMappedRange())];
  const { vendor, architecture, device: name, description } = adapter.info;
  device.destroy();
  return { squares, adapter: [vendor, architecture, name, description].join(" ") };
}
