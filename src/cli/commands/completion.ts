/** `spliceboost completion`: prints the completion script of a shell. */
import { completionScript } from "../completion.ts";
import type { Context } from "../context.ts";
import type { Invocation } from "../parse.ts";

/** Prints the script; the table has checked the shell's name. */
export function completionCommand(invocation: Invocation, context: Context): Promise<number> {
  context.out(completionScript(invocation.argument as "bash" | "zsh" | "fish"));
  return Promise.resolve(0);
}
