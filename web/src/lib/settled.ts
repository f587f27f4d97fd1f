/** What is typed, once nothing was typed for a moment: for what a server is asked meanwhile. */
import { useDeferredValue, useEffect, useState } from "react";

const PAUSE = 400;

export function useSettled<Value>(value: Value): Value {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), PAUSE);
    return () => clearTimeout(timer);
  }, [value]);
  return useDeferredValue(settled);
}
