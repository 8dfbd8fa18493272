import {defineConfig} from "vite";

// One script and one style sheet, with names that do not change: the program carries both.
export default defineConfig({
  publicDir: false,
  esbuild: {legalComments: "none"},
  build: {
    outDir: "bundle",
    emptyOutDir: true,
    target: "es2021",
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    rollupOptions: {input: "src/main.tsx", output: {entryFileNames: "panel.js", assetFileNames: "panel[extname]", inlineDynamicImports: true}}
  }
});
