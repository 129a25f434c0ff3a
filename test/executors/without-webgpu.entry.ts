/** What a browser says where WebGPU cannot be had. */
export async function main(gpu: GPU | undefined): Promise<string> {
  if (!gpu) return "no navigator.gpu";
  return await gpu.requestAdapter() ? "an adapter" : "no adapter";
}
