package dev.ablate.model;

import static org.bytedeco.onnxruntime.global.onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
import static org.bytedeco.onnxruntime.global.onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;
import static org.bytedeco.onnxruntime.global.onnxruntime.ONNX_TYPE_TENSOR;

import dev.ablate.code.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.onnxruntime.Session;
import org.bytedeco.onnxruntime.StringVector;
import org.bytedeco.onnxruntime.TypeInfo;

/**
 * Which of the inputs that Hugging Face tools give a text classifier a graph has.
 *
 * @param takesTypeIds whether it has the input {@code token_type_ids}
 */
record OnnxSignature(boolean takesTypeIds) {
  static final String IDS = "input_ids";
  static final String ATTENTION = "attention_mask";
  static final String TYPE_IDS = "token_type_ids";
  static final String LOGITS = "logits";

  private static final String NEEDED =
      "needed are int64 inputs input_ids and attention_mask, optionally token_type_ids,"
          + " and a float output logits";

  /**
   * Reads the signature of a graph.
   *
   * @throws InputException if it is not the signature of a text classifier
   */
  @SuppressWarnings("try") // The scope is there to free what is made inside it.
  static OnnxSignature of(Session session, String origin) {
    try (PointerScope scope = new PointerScope()) {
      List<String> inputs = strings(session.GetInputNames());
      List<String> outputs = strings(session.GetOutputNames());
      boolean fits =
          inputs.containsAll(List.of(IDS, ATTENTION))
              && Set.of(IDS, ATTENTION, TYPE_IDS).containsAll(inputs)
              && outputs.contains(LOGITS);
      for (int i = 0; fits && i < inputs.size(); i++) {
        fits = elementType(session.GetInputTypeInfo(i)) == ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;
      }
      fits =
          fits
              && elementType(session.GetOutputTypeInfo(outputs.indexOf(LOGITS)))
                  == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
      if (!fits) {
        throw new InputException(
            "the graph "
                + origin
                + " has the inputs "
                + describe(inputs, i -> session.GetInputTypeInfo(i))
                + " and the outputs "
                + describe(outputs, o -> session.GetOutputTypeInfo(o))
                + "; "
                + NEEDED
                + "; export it as a text-classification model");
      }
      return new OnnxSignature(inputs.contains(TYPE_IDS));
    }
  }

  private static List<String> strings(StringVector names) {
    List<String> strings = new ArrayList<>();
    for (long i = 0; i < names.size(); i++) {
      strings.add(names.get(i).getString());
    }
    return strings;
  }

  private static String describe(List<String> names, TypeOf types) {
    List<String> described = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      described.add(names.get(i) + " (" + typeName(elementType(types.of(i))) + ")");
    }
    return String.join(", ", described);
  }

  private static int elementType(TypeInfo type) {
    return type.GetONNXType() == ONNX_TYPE_TENSOR
        ? type.GetTensorTypeAndShapeInfo().GetElementType()
        : 0;
  }

  /** Names of the element types of ONNX, by their number. */
  private static String typeName(int type) {
    String[] names = {
      "no tensor",
      "float",
      "uint8",
      "int8",
      "uint16",
      "int16",
      "int32",
      "int64",
      "string",
      "bool",
      "float16",
      "double"
    };
    return type < names.length ? names[type] : "element type " + type;
  }

  private interface TypeOf {
    TypeInfo of(int position);
  }
}
