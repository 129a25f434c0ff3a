/** The adapter of this machine under another name, so that tests of what hardware gets run on software. */

/**
 * A WebGPU whose adapter is the machine's own and says that it is hardware of that name.
 * @param devices takes every device that is opened
 * @param onDevice called with each device as it is opened
 */
export function disguised(
  description: string,
  devices: GPUDevice[] = [],
  onDevice: (device: GPUDevice) => void = () => {},
): GPU {
  const { gpu } = navigator;
  const requestAdapter = async (options?: GPURequestAdapterOptions): Promise<GPUAdapter | null> => {
    const adapter = await gpu.requestAdapter(options);
    if (!adapter) return null;
    const open = adapter.requestDevice.bind(adapter);
    const info = { vendor: "", architecture: "", device: "", description, isFallbackAdapter: false };
    Object.defineProperties(adapter, {
      info: { value: info },
      requestDevice: {
        value: async (descriptor?: GPUDeviceDescriptor) => {
          const device = await open(descriptor);
          devices.push(device);
          onDevice(device);
          return device;
        },
      },
    });
    return adapter;
  };
  return { requestAdapter } as unknown as GPU;
}
