import type { Problem } from "../api/problem";
import { Objection } from "../ui/Objection";
import { Question } from "../ui/Question";
import { useWritingMessages } from "./messages";

interface Props {
  question: Problem;
  onYes: () => void;
  onNo: () => void;
}

/** Asks what a pricing rule asks. */
export function ConfirmPrice({ question, onYes, onNo }: Props) {
  const { confirm } = useWritingMessages();
  return (
    <Question title={confirm.title} yes={confirm.yes} no={confirm.no} onYes={onYes} onNo={onNo}>
      <p>{confirm.text}</p>
      <ul>
        {Object.values(question.fields)
          .flatMap((details) => details.split("\n"))
          .map((detail) => (
            <li key={detail}>
              <Objection detail={detail} />
            </li>
          ))}
      </ul>
    </Question>
  );
}
