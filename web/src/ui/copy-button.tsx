/** Copies a text and says that it did. */
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { copyText } from "@/lib/clipboard";
import { IconButton } from "@/ui/button";
import { announce } from "@/ui/live-region";

export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    const isDone = await copyText(text);
    setCopied(isDone);
    announce(isDone ? "Copied" : "The browser does not let this page copy");
  };
  return (
    <IconButton label={isCopied ? "Copied" : label} size="sm" className="no-print" onClick={copy}>
      {isCopied ? <Check size={14} /> : <Copy size={14} />}
    </IconButton>
  );
}
