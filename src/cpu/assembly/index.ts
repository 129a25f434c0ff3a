// The WebAssembly kernels of the CPU engine. All pointers are into the imported memory, which the host lays out; there is no heap here.
export { gradients, lossSum, sumGh, updateMargins } from "./gradients";
export { level } from "./histogram";
export { partition, partitionIdle } from "./partition";
export { predict, quantise } from "./predict";
export { addTree, route } from "./route";
export { shapPaths } from "./shap";
export { shapBackground } from "./shap-background";
