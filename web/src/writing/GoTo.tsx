import { useEffect } from "react";
import { useNavigate } from "react-router";

/** Goes to an address as soon as there is one; it stands after what asks before unsaved work is left. */
export function GoTo({ address }: { address: string | null }) {
  const navigate = useNavigate();
  useEffect(() => {
    if (address !== null) void navigate(address);
  }, [address, navigate]);
  return null;
}
