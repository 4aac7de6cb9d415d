package dev.ablate.lens.data;

import dev.ablate.code.InputException;
import dev.ablate.lens.Lens;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a training set becomes a game: what is asked about test rows of a model that is trained anew
 * on the groups that a mask keeps.
 *
 * @param value what is asked; null for the margin of a label, or the prediction of a regression or
 *     of a trainer's command
 * @param each whether every test row is an output; else their mean is the only one
 */
public record DataLens(DataValue value, boolean each) implements Lens<OpenLearner, TrainingData> {
  /** The lens that {@link DataSettings} ask for. */
  public static DataLens of(Settings given) {
    return new DataLens(
        given.get(DataSettings.VALUE), Boolean.TRUE.equals(given.get(DataSettings.EACH)));
  }

  @Override
  public List<Setting<?>> settings() {
    return DataSettings.ALL;
  }

  @Override
  public Map<String, String> identity(OpenLearner learner) {
    Map<String, String> identity = new LinkedHashMap<>();
    learner.learner().settings().forEach((name, said) -> identity.put(name, said.toString()));
    return identity;
  }

  /**
   * The game of a training set. It uses the learner, which must stay open and be made for the same
   * task.
   *
   * @throws InputException if the learner's scores have no such value
   */
  @Override
  public DataGame game(OpenLearner learner, TrainingData data) {
    InputException.required(learner, "the learner");
    return new DataGame(this, learner, InputException.required(data, "the training data"));
  }
}
